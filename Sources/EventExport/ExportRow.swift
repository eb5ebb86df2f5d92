public import EventModel
import JSONTape
public import Storage

/// One event as Amplitude exports it: always the same keys, in the order of their code points; what is not known is null.
/// Source: Documentation/data.md D3.
public struct ExportRow {
    /// Where it is shown. Amplitude's two differ in a few keys.
    public enum Form: Sendable {
        case export
        /// Of `/api/2/useractivity`: two keys more, one less, and some that are not null.
        case userActivity(os: String?)
    }

    private let event: ResolvedEvent
    /// Number of the project, Amplitude's `app`.
    private let project: Int64
    /// The first event of the user key that the event was stored with. Exports do not tell it.
    private let userCreatedAt: Timestamp?

    public init(_ event: ResolvedEvent, project: Int64, userCreatedAt: Timestamp? = nil) {
        self.event = event
        self.project = project
        self.userCreatedAt = userCreatedAt
    }

    /// Writes the row as a JSON object.
    public func write(to json: inout JSONWriter, as form: Form) {
        guard let extras = event.event.extras else { return write(to: &json, form, Said()) }
        do {
            try JSONDocument.withRoot(of: Array(extras.utf8)) { extras in
                let kept = event.event.door == .imported ? extras["imported"] : nil
                write(to: &json, form, Said(extras: extras, kept: kept))
            }
        } catch {
            // Stored JSON that cannot be read says nothing.
            write(to: &json, form, Said())
        }
    }

    /// What an event says beyond its columns.
    private struct Said {
        var extras: JSONValue?
        /// What a row had when it was imported, as far as a row of ours would not have it: by its names there.
        var kept: JSONValue?
    }

    private func write(to json: inout JSONWriter, _ form: Form, _ said: Said) {
        json.raw("{\"$insert_id\":")
        if let sent = event.event.insertID {
            json.string(sent)
        } else {
            json.string(RowUUID(project: project, number: event.number, .insertID))
        }
        json.member("$insert_key", said.kept?["$insert_key"])
        writeSchema(&json, form, said)
        writeUpToCity(&json, said)
        writeClient(&json, said)
        writeDevice(&json, said)
        writeEvent(&json, form, said)
        writePlace(&json, form, said.extras)
        writeRest(&json, form, said)
        json.raw("}")
    }

    private func writeSchema(_ json: inout JSONWriter, _ form: Form, _ said: Said) {
        switch form {
        case .export: json.member("$schema", said.kept?["$schema"])
        case .userActivity:
            json.key("$schema")
            json.integer(13)
        }
    }

    private func writeUpToCity(_ json: inout JSONWriter, _ said: Said) {
        json.member("adid", said.extras?["adid"])
        json.member("amplitude_attribution_ids", said.kept?["amplitude_attribution_ids"])
        json.member("amplitude_event_type", said.kept?["amplitude_event_type"])
        json.key("amplitude_id")
        if let id = event.amplitudeID { json.integer(id.number) } else { json.raw("null") }
        json.key("app")
        json.integer(project)
        json.member("city", event.context[.city])
    }

    private func writeClient(_ json: inout JSONWriter, _ said: Said) {
        json.member("client_event_time", event.event.clientTime)
        json.member("client_upload_time", said.kept?["client_upload_time"], or: uploadTime)
        json.member("country", event.context[.country])
        if let data = said.kept?["data"] {
            json.object("data", data)
        } else {
            json.key("data")
            writeData(&json)
        }
        json.member("data_type", "event")
    }

    /// What Amplitude's way in noted. It numbers groups, which nobody does here: those that it knows so are none.
    private func writeData(_ json: inout JSONWriter) {
        json.raw("{")
        if let path = event.event.door.path {
            json.raw("\"path\":")
            json.string(path)
            json.raw(",")
        }
        // True or not there, but never false.
        if event.event.changesPerson { json.raw("\"user_properties_updated\":true,") }
        json.raw("\"group_first_event\":{},\"group_ids\":{}}")
    }

    /// As Amplitude tells it: the moment of receipt, unless the sender's clock was so wrong that times were corrected by it.
    private var uploadTime: Timestamp {
        let skew = event.event.uploadTime.milliseconds - event.receivedAt.milliseconds
        return abs(skew) <= 60_000 ? event.receivedAt : event.event.uploadTime
    }

    private func writeDevice(_ json: inout JSONWriter, _ said: Said) {
        let context = event.context
        json.member("device_brand", context[.deviceBrand])
        json.member("device_carrier", context[.carrier])
        // As queries have them: family and type are the model.
        json.member("device_family", said.kept?["device_family"], or: context[.deviceModel])
        json.member("device_id", event.deviceID)
        json.member("device_manufacturer", context[.deviceManufacturer])
        json.member("device_model", context[.deviceModel])
        json.member("device_type", said.kept?["device_type"], or: context[.deviceModel])
        json.member("dma", context[.dma])
    }

    private func writeEvent(_ json: inout JSONWriter, _ form: Form, _ said: Said) {
        let extras = said.extras
        json.key("event_id")
        json.integer(event.event.eventID ?? RowUUID.eventID(project: project, number: event.number))
        json.key("event_properties")
        json.raw(event.event.eventProperties)
        json.member("event_time", event.event.time)
        json.member("event_type", event.type)
        switch form {
        case .export: json.member("global_user_properties", said.kept?["global_user_properties"])
        case .userActivity: json.object("global_user_properties", nil)
        }
        json.object("group_properties", said.kept?["group_properties"])
        writeGroups(&json, extras?["groups"])
        json.member("idfa", extras?["idfa"])
        json.member("ip_address", extras?["ip"])
        switch form {
        case .export: json.member("is_attribution_event", said.kept?["is_attribution_event"])
        case .userActivity:
            json.key("is_attribution_event")
            json.bool(false)
        }
    }

    /// Of each type a list, also of one that was sent alone.
    private func writeGroups(_ json: inout JSONWriter, _ groups: JSONValue?) {
        json.key("groups")
        json.raw("{")
        if let groups, groups.kind == .object {
            var isFirst = true
            for (type, values) in groups.members {
                if !isFirst { json.raw(",") }
                isFirst = false
                json.string(type.string)
                json.raw(values.kind == .array ? ":" : ":[")
                json.value(values)
                if values.kind != .array { json.raw("]") }
            }
        }
        json.raw("}")
    }

    private func writePlace(_ json: inout JSONWriter, _ form: Form, _ extras: JSONValue?) {
        let context = event.context
        json.member("language", context[.language])
        json.member("library", context[.library])
        json.member("location_lat", extras?["location_lat"])
        json.member("location_lng", extras?["location_lng"])
        if case .userActivity(let os) = form { json.member("os", os) }
        json.member("os_name", context[.osName])
        json.member("os_version", context[.osVersion])
        json.member("partner_id", extras?["partner_id"])
        json.key("paying")
        json.raw(context[.paying] == "true" ? "true" : "null")
        json.object("plan", extras?["plan"])
        json.member("platform", context[.platform])
    }

    private func writeRest(_ json: inout JSONWriter, _ form: Form, _ said: Said) {
        // A batch is received, uploaded and processed in one moment here.
        let received = event.receivedAt
        switch form {
        case .export: json.member("processed_time", received)
        case .userActivity: json.member("raw_event_type", event.type)
        }
        json.member("region", event.context[.region])
        json.member("sample_rate", said.kept?["sample_rate"])
        json.member("server_received_time", said.kept?["server_received_time"], or: received)
        json.member("server_upload_time", received)
        json.key("session_id")
        json.integer(event.event.sessionID)
        json.member("source_id", said.extras?["source_id"])
        json.member("start_version", event.context[.startVersion])
        if let userCreatedAt {
            json.member("user_creation_time", userCreatedAt)
        } else {
            json.member("user_creation_time", said.kept?["user_creation_time"])
        }
        json.member("user_id", event.userID)
        json.key("user_properties")
        json.raw(event.userProperties)
        if let uuid = said.kept?["uuid"] {
            json.member("uuid", uuid)
        } else {
            json.key("uuid")
            json.string(RowUUID(project: project, number: event.number))
        }
        json.member("version_name", event.context[.version])
    }
}

extension JSONWriter {
    /// A comma, a key and a JSON value, or null.
    fileprivate mutating func member(_ name: StaticString, _ json: JSONValue?) {
        key(name)
        if let json { value(json) } else { raw("null") }
    }

    /// The same, or else a moment.
    fileprivate mutating func member(_ name: StaticString, _ json: JSONValue?, or time: Timestamp) {
        if let json { member(name, json) } else { member(name, time) }
    }

    /// The same, or else a text.
    fileprivate mutating func member(_ name: StaticString, _ json: JSONValue?, or text: String?) {
        if let json { member(name, json) } else { member(name, text) }
    }

    /// An object, `{}` if there is none.
    fileprivate mutating func object(_ name: StaticString, _ json: JSONValue?) {
        key(name)
        if let json, json.kind == .object { value(json) } else { raw("{}") }
    }
}
