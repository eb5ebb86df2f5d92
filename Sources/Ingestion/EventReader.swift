import EventModel
import JSONTape

/// Reads and checks one event of a request.
struct EventReader {
    /// Ids that stand for "nobody"; case does not matter. Source: reference/ingest.md §4.
    static let forbiddenIDs: Set<String> = [
        "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown",
        "00000000-0000-0000-0000-000000000000", "{}", "lmy47d", "0", "-1", "\"\"",
    ]

    /// Names of events that only the server makes.
    static let reservedTypes: Set<String> = [
        "[Amplitude] Start Session", "[Amplitude] End Session", "[Amplitude] Revenue",
        "[Amplitude] Revenue (Verified)", "[Amplitude] Revenue (Unverified)", "[Amplitude] Merged User",
    ]

    let dialect: EventDialect
    let minimumIDLength: Int
    /// The sender's, as text; `nil` if it is not known.
    var remoteAddress: String?
    let index: Int

    /// - Returns: the event, or `nil` when its problems have been added to `problems`.
    func read(
        _ json: JSONValue,
        _ problems: inout EventProblems,
        _ interner: inout RequestInterner
    ) -> IncomingEvent? {
        interner.beginEvent()
        var fields = EventFields(dialect, remoteAddress: remoteAddress)
        for (key, value) in json.members where !value.isNull { fields.take(key, value, &interner) }
        let before = problems.count
        let userID = id("user_id", fields.userID, &problems)
        let deviceID = id("device_id", fields.deviceID, &problems)
        let hasNoID = userID == nil && deviceID == nil && problems.count == before
        let type = type(fields.type, &problems)
        if hasNoID, type != EventNames.groupIdentify {
            problems.missing("user_id", index)
        }
        if dialect == .groupIdentification, !fields.hasGroup { problems.missing("group_type", index) }
        fields.refuseMixedOperations()
        for field in fields.invalid { problems.invalid(field, index) }
        guard problems.count == before, let type else { return nil }
        return fields.event(userID: userID, deviceID: deviceID, type: type, &interner)
    }

    /// Reads and checks an id; `nil` if there is none, or if it has been added to the problems.
    func id(_ field: String, _ value: JSONValue?, _ problems: inout EventProblems) -> String? {
        guard let value else { return nil }
        // Numbers are taken as their digits; other kinds of values are no ids.
        guard let sent = value.string ?? PropertyValue(value).label, value.kind != .bool else {
            problems.invalid(field, index)
            return nil
        }
        let id = sent.trimmingSpaces
        if id.isEmpty { return nil }
        if Self.isForbidden(id) {
            problems.invalid(field, index)
            return nil
        }
        if id.utf8.count < minimumIDLength || id.unicodeScalars.count < minimumIDLength {
            problems.short(field, index)
            return nil
        }
        return id
    }

    private static func isForbidden(_ id: String) -> Bool {
        forbiddenLengths.contains(id.utf8.count) && forbiddenIDs.contains(id.lowercased())
    }

    private static let forbiddenLengths = Set(forbiddenIDs.map(\.utf8.count))

    private func type(_ value: JSONValue?, _ problems: inout EventProblems) -> String? {
        if let implied = dialect.impliedType { return implied }
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
        return PropertyLimits.cut(type)
    }
}

extension String {
    /// Without spaces and other white space around it.
    fileprivate var trimmingSpaces: String {
        // Nearly no id has any, and then there is nothing to look for.
        if let first = utf8.first, let last = utf8.last, first > 0x20, first < 0x80, last > 0x20, last < 0x80 {
            return self
        }
        guard let first = unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(unicodeScalars[first...last])
    }
}
