import EventModel
import JSONTape
import Storage

/// One event in the form in which Amplitude exports it: every key is there, and what is not known is null.
/// Source: Documentation/people.md P7.
struct ExportRecord {
    var event: ResolvedEvent
    /// Number of the project, Amplitude's `app`.
    var project: Int64
    /// The first event of the user key that the event was stored with.
    var userCreatedAt: Timestamp?

    /// Writes the record as a JSON object.
    ///
    /// - Parameter more: writes further members, each with a comma before it.
    func write(to json: inout JSONWriter, _ more: (inout JSONWriter) -> Void = { _ in }) {
        json.raw("{")
        guard let extras = event.event.extras else {
            write(to: &json, extras: nil, more)
            return
        }
        do {
            try JSONDocument.withRoot(of: Array(extras.utf8)) { write(to: &json, extras: $0, more) }
        } catch {
            // Stored JSON that cannot be read says nothing.
            write(to: &json, extras: nil, more)
        }
    }

    private func write(to json: inout JSONWriter, extras: JSONValue?, _ more: (inout JSONWriter) -> Void) {
        writeIDs(&json, extras)
        writeTimes(&json)
        writeEvent(&json, extras)
        writeContext(&json, extras)
        more(&json)
        json.raw("}")
    }

    private func writeIDs(_ json: inout JSONWriter, _ extras: JSONValue?) {
        json.raw("\"amplitude_id\":")
        if event.event.user == .nobody { json.raw("null") } else { json.integer(event.event.user.number) }
        json.member("user_id", event.userID)
        json.member("device_id", event.deviceID)
        json.member("uuid", RowUUID(project: project, row: event.row).text)
        json.member(
            "$insert_id",
            event.event.insertID ?? RowUUID(project: project, row: event.row, .insertID).text
        )
        json.null("$insert_key")
        json.key("event_id")
        json.integer(event.event.eventID ?? RowUUID.eventID(project: project, row: event.row))
        json.key("session_id")
        json.integer(event.event.sessionID)
        json.key("app")
        json.integer(project)
        json.member("adid", extras?["adid"])
        json.member("idfa", extras?["idfa"])
        json.null("amplitude_attribution_ids")
    }

    private func writeTimes(_ json: inout JSONWriter) {
        json.member("event_time", event.event.time.exported)
        json.member("client_event_time", event.event.clientTime.exported)
        json.member("client_upload_time", event.event.uploadTime.exported)
        // A batch is received, uploaded and processed in one moment here.
        json.member("server_received_time", event.receivedAt.exported)
        json.member("server_upload_time", event.receivedAt.exported)
        json.member("processed_time", event.receivedAt.exported)
        json.member("user_creation_time", userCreatedAt?.exported)
    }

    private func writeEvent(_ json: inout JSONWriter, _ extras: JSONValue?) {
        json.member("event_type", event.type)
        json.key("event_properties")
        json.raw(event.event.eventProperties)
        json.key("user_properties")
        json.raw(event.userProperties)
        json.object("global_user_properties", nil)
        json.object("groups", extras?["groups"])
        json.object("group_properties", nil)
        json.object("plan", extras?["plan"])
        json.key("data")
        json.object(event.event.door.path.map { [PropertyMember(key: "path", value: .string($0))] } ?? [])
        json.member("data_type", "event")
        json.null("amplitude_event_type")
        json.null("$schema")
        json.key("is_attribution_event")
        json.bool(false)
        json.member("partner_id", extras?["partner_id"])
        json.member("source_id", extras?["source_id"])
        json.null("sample_rate")
    }

    private func writeContext(_ json: inout JSONWriter, _ extras: JSONValue?) {
        let context = event.context
        json.member("platform", context[.platform])
        json.member("os_name", context[.osName])
        json.member("os_version", context[.osVersion])
        json.member("device_brand", context[.deviceBrand])
        json.member("device_manufacturer", context[.deviceManufacturer])
        json.member("device_model", context[.deviceModel])
        // As queries have them: both are the model.
        json.member("device_family", context[.deviceModel])
        json.member("device_type", context[.deviceModel])
        json.member("device_carrier", context[.carrier])
        json.member("library", context[.library])
        json.member("version_name", context[.version])
        json.member("start_version", context[.startVersion])
        json.member("language", context[.language])
        json.member("ip_address", extras?["ip"])
        json.member("country", context[.country])
        json.member("region", context[.region])
        json.member("city", context[.city])
        json.member("dma", context[.dma])
        json.member("location_lat", extras?["location_lat"])
        json.member("location_lng", extras?["location_lng"])
        json.key("paying")
        json.raw(context[.paying] == "true" ? "true" : "null")
    }
}

extension Timestamp {
    /// `2024-01-31 23:59:59.123000`, in UTC. Moments outside the years 1 to 9999, which senders may have made up, are
    /// shown as the edge that they lie beyond.
    var exported: String {
        let first = Int64(CalendarDate(year: 1, month: 1, day: 1)!.daysSinceEpoch) * 86_400_000
        let last = Int64(CalendarDate(year: 9999, month: 12, day: 31)!.daysSinceEpoch + 1) * 86_400_000 - 1
        let clamped = min(max(milliseconds, first), last)
        let day = clamped >= 0 ? clamped / 86_400_000 : (clamped - 86_399_999) / 86_400_000
        let ms = Int(clamped - day * 86_400_000)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        let clock = [ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(CalendarDate(daysSinceEpoch: Int(day)).iso) \(clock).\(padded(ms % 1000, 3))000"
    }
}

extension JSONWriter {
    /// A comma, a key and a JSON value, or null.
    mutating func member(_ name: StaticString, _ json: JSONValue?) {
        key(name)
        if let json { value(json) } else { raw("null") }
    }

    /// An object, `{}` if there is none.
    fileprivate mutating func object(_ name: StaticString, _ json: JSONValue?) {
        key(name)
        if let json, json.kind == .object { value(json) } else { raw("{}") }
    }
}
