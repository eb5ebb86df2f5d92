import EventModel
import JSONTape

/// Lines of Segment's calls, as its raw data has them.
enum SegmentEvents {
    static func line(_ json: JSONValue) throws(FormatProblem) -> [UInt8] { try event(json).line() }

    private static func event(_ json: JSONValue) throws(FormatProblem) -> MadeEvent {
        guard let type = json["type"]?.string else {
            throw FormatProblem("type must be a text, such as \"track\"")
        }
        let told = json["timestamp"] ?? json["originalTimestamp"] ?? json["receivedAt"]
        guard let time = Timestamp(told: told) else {
            throw FormatProblem("timestamp must be a time, such as \"2026-01-31T23:59:59.123Z\"")
        }
        var event = MadeEvent()
        event.set("time", time.milliseconds)
        event.set("insert_id", scalar: json["messageId"])
        event.set("user_id", json["userId"]?.label)
        event.set("device_id", json["anonymousId"]?.label ?? json["context"]?["device"]?["id"]?.label)
        switch type {
        case "track":
            guard let name = json["event"]?.string else { throw FormatProblem("event must be a text") }
            event.set("event_type", name)
            setRevenue(json["properties"], &event)
        case "page": event.set("event_type", json["name"]?.string.map { "Viewed \($0) Page" } ?? "Loaded a Page")
        case "screen": event.set("event_type", json["name"]?.string.map { "Viewed \($0) Screen" } ?? "Loaded a Screen")
        case "identify":
            event.set("event_type", EventNames.identify)
            event.userProperties.set(json["traits"])
        case "group":
            event.set("event_type", EventNames.groupIdentify)
            event.setGroup("group", json["groupId"], properties: json["traits"])
        default: throw FormatProblem("a call of type \(type) is no event: track, page, screen, identify and group are")
        }
        event.properties.set(json["properties"])
        if let context = json["context"] { setContext(context, &event) }
        return event
    }

    private static func setRevenue(_ properties: JSONValue?, _ event: inout MadeEvent) {
        guard let revenue = properties?["revenue"], revenue.double != nil else { return }
        event.set("revenue", revenue)
        event.set("currency", properties?["currency"]?.string)
    }

    private static func setContext(_ context: JSONValue, _ event: inout MadeEvent) {
        event.set("app_version", scalar: context["app"]?["version"])
        event.set("os_name", scalar: context["os"]?["name"])
        event.set("os_version", scalar: context["os"]?["version"])
        event.set("device_manufacturer", scalar: context["device"]?["manufacturer"])
        event.set("device_model", scalar: context["device"]?["model"])
        event.set("carrier", scalar: context["network"]?["carrier"])
        event.set("language", scalar: context["locale"])
        event.set("ip", scalar: context["ip"])
        event.set("user_agent", scalar: context["userAgent"])
        event.set("country", Countries.name(context["location"]?["country"]?.string))
        event.set("region", scalar: context["location"]?["region"])
        event.set("city", scalar: context["location"]?["city"])
        event.setLibrary(context["library"]?["name"]?.string, context["library"]?["version"]?.string)
    }
}
