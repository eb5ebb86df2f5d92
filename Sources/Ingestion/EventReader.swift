import EventModel
import JSONTape

/// Reads and checks one element of a request's `events`.
struct EventReader {
    /// Ids that stand for "nobody"; case does not matter. Source: reference/ingest.md §4.
    static let forbiddenIDs: Set<String> = [
        "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown",
        "00000000-0000-0000-0000-000000000000", "{}", "lmy47d", "0", "-1",
    ]

    /// Names of events that only the server makes.
    static let reservedTypes: Set<String> = [
        "[Amplitude] Start Session", "[Amplitude] End Session", "[Amplitude] Revenue",
        "[Amplitude] Revenue (Verified)", "[Amplitude] Revenue (Unverified)", "[Amplitude] Merged User",
    ]

    let minimumIDLength: Int
    let index: Int

    /// - Returns: the event, or `nil` when its problems have been added to `problems`.
    mutating func read(_ json: JSONValue, _ problems: inout EventProblems) -> IncomingEvent? {
        var fields = Fields()
        for (key, value) in json.members where !value.isNull { fields.take(key, value) }
        let before = problems
        let userID = id("user_id", fields.userID, &problems)
        let deviceID = id("device_id", fields.deviceID, &problems)
        if userID == nil, deviceID == nil, problems == before { problems.missing("user_id", index) }
        let type = type(fields.type, &problems)
        for field in fields.invalid { problems.invalid(field, index) }
        guard problems == before, let type else { return nil }
        var event = IncomingEvent(userID: userID, deviceID: deviceID, type: type)
        event.time = fields.time
        event.sessionID = fields.sessionID ?? -1
        event.eventID = fields.eventID
        event.insertID = fields.insertID
        event.context = fields.context
        if let properties = fields.eventProperties {
            let kept = properties.members.filter { !$0.value.isNull }
            event.eventPropertyNames = kept.map(\.key.string)
            event.eventProperties = Self.object(kept)
        }
        event.userProperties =
            fields.userProperties.map { properties in
                properties.members.compactMap { member in
                    member.value.isNull
                        ? nil : PropertyMember(key: member.key.string, value: PropertyValue(member.value))
                }
            } ?? []
        event.extras = fields.extras.isEmpty ? nil : Self.object(fields.extras)
        return event
    }

    private func id(_ field: String, _ value: JSONValue?, _ problems: inout EventProblems) -> String? {
        guard let value else { return nil }
        // Numbers are taken as their digits; other kinds of values are no ids.
        guard let sent = PropertyValue(value).label, value.kind != .bool else {
            problems.invalid(field, index)
            return nil
        }
        let id = sent.trimmingSpaces
        if id.isEmpty { return nil }
        if Self.forbiddenIDs.contains(id.lowercased()) {
            problems.invalid(field, index)
            return nil
        }
        if id.unicodeScalars.count < minimumIDLength {
            problems.short(field, index)
            return nil
        }
        return id
    }

    private func type(_ value: JSONValue?, _ problems: inout EventProblems) -> String? {
        guard let value else {
            problems.missing("event_type", index)
            return nil
        }
        guard let type = value.string, !Self.reservedTypes.contains(type) else {
            problems.invalid("event_type", index)
            return nil
        }
        if type.isEmpty {
            problems.missing("event_type", index)
            return nil
        }
        return type
    }

    private static func object(_ members: [(key: JSONText, value: JSONValue)]) -> String {
        var json = JSONWriter(capacity: 64 * members.count)
        json.raw("{")
        for (index, member) in members.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(member.key.string)
            json.raw(":")
            json.value(member.value)
        }
        json.raw("}")
        return json.text
    }
}

/// The fields of one event, as far as they have the right kind of value.
private struct Fields {
    var userID: JSONValue?
    var deviceID: JSONValue?
    var type: JSONValue?
    var time: Timestamp?
    var sessionID: Int64?
    var eventID: Int64?
    var insertID: String?
    var context = EventContext()
    var eventProperties: JSONValue?
    var userProperties: JSONValue?
    /// What has no place of its own, kept as it was sent.
    var extras: [(key: JSONText, value: JSONValue)] = []
    /// Fields whose value is of the wrong kind.
    var invalid: [String] = []

    mutating func take(_ key: JSONText, _ value: JSONValue) {
        if key == "user_id" {
            userID = value
        } else if key == "device_id" {
            deviceID = value
        } else if key == "event_type" {
            type = value
        } else if key == "time" {
            time = whole("time", value).map { Timestamp(milliseconds: $0) }
        } else if key == "session_id" {
            sessionID = whole("session_id", value)
        } else if key == "event_id" {
            eventID = whole("event_id", value)
        } else if key == "insert_id" {
            insertID = text("insert_id", value)
        } else if key == "event_properties" {
            eventProperties = object("event_properties", value)
        } else if key == "user_properties" {
            userProperties = object("user_properties", value)
        } else if let field = Self.contextFields[key.string] {
            context[field] = text(key.string, value)
        } else {
            extras.append((key, value))
        }
    }

    /// `app_version` is `version_name` in SDKs. Source: reference/ingest.md §3.
    private static let contextFields: [String: ContextField] = [
        "app_version": .version, "version_name": .version, "platform": .platform, "os_name": .osName,
        "os_version": .osVersion, "device_brand": .deviceBrand, "device_manufacturer": .deviceManufacturer,
        "device_model": .deviceModel, "carrier": .carrier, "country": .country, "region": .region, "city": .city,
        "dma": .dma, "language": .language, "library": .library,
    ]

    private mutating func whole(_ field: String, _ value: JSONValue) -> Int64? {
        guard let number = value.integer else {
            invalid.append(field)
            return nil
        }
        return number
    }

    private mutating func text(_ field: String, _ value: JSONValue) -> String? {
        guard let text = PropertyValue(value).label else {
            invalid.append(field)
            return nil
        }
        return text.isEmpty ? nil : text
    }

    private mutating func object(_ field: String, _ value: JSONValue) -> JSONValue? {
        guard value.kind == .object else {
            invalid.append(field)
            return nil
        }
        return value
    }
}

extension String {
    /// Without spaces and other white space around it.
    fileprivate var trimmingSpaces: String {
        guard let first = unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(unicodeScalars[first...last])
    }
}
