import EventModel
import JSONTape

/// Lines of PostHog's events: `{"uuid", "event", "distinct_id", "timestamp", "properties": {…}}`.
enum PostHogEvents {
    private static let context = [
        "$os": "os_name", "$os_version": "os_version", "$device_manufacturer": "device_manufacturer",
        "$device_model": "device_model", "$app_version": "app_version", "$ip": "ip",
        "$geoip_country_name": "country", "$geoip_subdivision_1_name": "region", "$geoip_city_name": "city",
        "$browser_language": "language",
    ]
    private static let dropped: Set<String> = [
        "$set", "$set_once", "$device_id", "$user_id", "$anon_distinct_id", "$lib", "$lib_version", "$groups", "token",
        "distinct_id", "$group_type", "$group_key", "$group_set",
    ]

    static func line(_ json: JSONValue) throws(FormatProblem) -> [UInt8] {
        // Some exports have the properties as text.
        guard let text = json["properties"]?.string else { return try event(json, json["properties"]).line() }
        do {
            return try JSONDocument.withRoot(of: Array(text.utf8)) { properties in
                try event(json, properties).line()
            }
        } catch let problem as FormatProblem {
            throw problem
        } catch {
            throw FormatProblem("properties must be an object, or one as text")
        }
    }

    private static func event(_ json: JSONValue, _ said: JSONValue?) throws(FormatProblem) -> MadeEvent {
        guard let type = json["event"]?.string, let distinct = json["distinct_id"]?.label else {
            throw FormatProblem("event and distinct_id must be texts, as in PostHog's exports")
        }
        guard let time = Timestamp(told: json["timestamp"]) else {
            throw FormatProblem("timestamp must be a time, such as \"2026-01-31T23:59:59.123Z\"")
        }
        if ["$create_alias", "$merge_dangerously"].contains(type) {
            throw FormatProblem("\(type) is no event: who people are is told by the ids of the others")
        }
        var event = MadeEvent()
        event.set("time", time.milliseconds)
        event.set("insert_id", scalar: json["uuid"])
        switch type {
        case "$identify", "$set": event.set("event_type", EventNames.identify)
        case "$groupidentify":
            event.set("event_type", EventNames.groupIdentify)
            event.setGroup(said?["$group_type"]?.string, said?["$group_key"], properties: said?["$group_set"])
        default: event.set("event_type", type)
        }
        setIDs(type, distinct, said, &event)
        event.userProperties.set(said?["$set"] ?? json["$set"])
        event.firstUserProperties.set(said?["$set_once"] ?? json["$set_once"])
        event.setLibrary(said?["$lib"]?.string, said?["$lib_version"]?.string)
        if type != "$groupidentify" { event.set("groups", said?["$groups"]) }
        if let session = said?["$session_id"]?.string.flatMap(start) { event.set("session_id", session) }
        if let said { event.take(said, context: context, dropped: dropped) }
        return event
    }

    /// An anonymous person's distinct id is that of the device.
    private static func setIDs(_ type: String, _ distinct: String, _ said: JSONValue?, _ event: inout MadeEvent) {
        let device = said?["$anon_distinct_id"]?.label ?? said?["$device_id"]?.label
        if type != "$identify", distinct == device || said?["$is_identified"]?.bool == false {
            event.set("device_id", distinct)
        } else {
            event.set("user_id", distinct)
            event.set("device_id", device)
        }
    }

    /// A session's id is a UUID of version 7, which begins with the milliseconds at which it was made.
    private static func start(_ session: String) -> Int64? {
        guard let uuid = UUIDText.number(session.utf8Span.span), uuid >> 76 & 0xF == 7 else { return nil }
        return Int64(uuid >> 80)
    }
}
