import EventModel
import JSONTape

/// Lines of Mixpanel's raw export: `{"event": …, "properties": {…}}`, with Mixpanel's own properties among the others.
enum MixpanelEvents {
    private static let context = [
        "$os": "os_name", "$os_version": "os_version", "$city": "city", "$region": "region", "$carrier": "carrier",
        "$manufacturer": "device_manufacturer", "$brand": "device_brand", "$model": "device_model",
        "$app_version_string": "app_version", "mp_lib": "library", "$ip": "ip", "ip": "ip",
        "$insert_id": "insert_id",
    ]
    /// Of the way that the event took.
    private static let dropped: Set<String> = [
        "token", "$mp_api_endpoint", "$mp_api_timestamp_ms", "mp_processing_time_ms", "$import", "$user_id",
        "$device_id", "distinct_id", "time", "mp_country_code",
    ]

    static func line(_ json: JSONValue) throws(FormatProblem) -> [UInt8] { try event(json).line() }

    private static func event(_ json: JSONValue) throws(FormatProblem) -> MadeEvent {
        guard let type = json["event"]?.string, let said = json["properties"], said.kind == .object else {
            throw FormatProblem("event must be a text, and properties an object, as in Mixpanel's raw export")
        }
        guard let time = Timestamp(told: said["time"]) else {
            throw FormatProblem("properties.time must be seconds since 1970, such as 1767225600")
        }
        if ["$create_alias", "$merge"].contains(type) {
            throw FormatProblem("\(type) is no event: who people are is told by $user_id and $device_id of the others")
        }
        var event = MadeEvent()
        event.set("time", time.milliseconds)
        if type == "$identify" {
            event.set("event_type", EventNames.identify)
            event.set("user_id", said["$identified_id"]?.label ?? said["$user_id"]?.label ?? said["distinct_id"]?.label)
            event.set("device_id", bare(said["$anon_id"]?.label ?? said["$device_id"]?.label))
            event.set("insert_id", scalar: said["$insert_id"])
            return event
        }
        event.set("event_type", type)
        let device = bare(said["$device_id"]?.label)
        let distinct = said["distinct_id"]?.label
        if let user = said["$user_id"]?.label {
            event.set("user_id", user)
            event.set("device_id", device)
        } else if let distinct, distinct.hasPrefix("$device:") || distinct == device {
            event.set("device_id", bare(distinct))
        } else {
            event.set("user_id", distinct)
            event.set("device_id", device)
        }
        event.set("country", Countries.name(said["mp_country_code"]?.string))
        event.take(said, context: context, dropped: dropped)
        return event
    }

    /// Mixpanel marks anonymous ids.
    private static func bare(_ id: String?) -> String? {
        guard let id, id.hasPrefix("$device:") else { return id }
        return String(id.dropFirst("$device:".count))
    }
}
