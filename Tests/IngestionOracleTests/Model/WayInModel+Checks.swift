import Foundation

/// What makes a request wrong, and what it is answered. Source: Documentation/events-and-identity.md E2 to E11.
extension WayInModel {
    struct Problems {
        var invalid: [String: [Int]] = [:]
        var missing: [String: [Int]] = [:]
        var short: [String: [Int]] = [:]

        var isEmpty: Bool { invalid.isEmpty && missing.isEmpty }

        /// The answer to JSON. Source: Documentation/events-and-identity.md E2 to E5.
        var json: Reply {
            func map(_ indexes: [String: [Int]]) -> Plain {
                Plain(indexes.mapValues { list in .list(list.map { .number(Double($0)) }) })
            }
            var error = "Invalid field values on some events"
            if invalid == short { error = "Invalid id length for user_id or device_id" }
            if !missing.isEmpty { error = "Request missing required field" }
            var members: [String: Plain] = ["code": .number(400), "error": .text(error)]
            if !invalid.isEmpty { members["events_with_invalid_fields"] = map(invalid) }
            if !missing.isEmpty { members["events_with_missing_fields"] = map(missing) }
            if !short.isEmpty { members["events_with_invalid_id_lengths"] = map(short) }
            return Reply(status: 400, body: Plain(members).description)
        }

        /// The answer to a form. Source: Documentation/http.md H7.
        var word: Reply {
            let fields = Set(invalid.keys).union(missing.keys).sorted().joined(separator: ", ")
            return Reply(status: 400, body: "invalid_event_field. Invalid fields [\(fields)].")
        }
    }

    static let forbidden = [
        "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "",
        "00000000-0000-0000-0000-000000000000", "{}", "lmy47d", "0", "-1",
    ]
    static let reserved = [
        "[Amplitude] Start Session", "[Amplitude] End Session", "[Amplitude] Revenue",
        "[Amplitude] Revenue (Verified)", "[Amplitude] Revenue (Unverified)", "[Amplitude] Merged User",
    ]
    enum ID {
        case absent, invalid, short
        case present(String)
    }

    /// Numbers are their digits, spaces around do not count. Source: Documentation/events-and-identity.md E6.
    static func id(_ value: Plain?, minimumLength: Int) -> ID {
        guard let value else { return .absent }
        if value.isContainer { return .invalid }
        if case .bool = value { return .invalid }
        guard var text = value.label, !text.contains("\\u0000") else { return .invalid }
        for space in [" ", "\\u0009", "\\u00a0"] {
            while text.hasPrefix(space) { text.removeFirst(space.count) }
            while text.hasSuffix(space) { text.removeLast(space.count) }
        }
        if text.isEmpty { return .absent }
        if forbidden.contains(text.lowercased()) { return .invalid }
        // An escape is one character in six.
        let length = text.count - 5 * (text.components(separatedBy: "\\u").count - 1)
        return length < minimumLength ? .short : .present(text)
    }

    func check(
        _ item: Plain,
        _ path: Sent.Path,
        minimumIDLength: Int,
        _ problems: inout Problems,
        _ index: Int
    ) {
        /// Whatever is wrong with a field, it is named once.
        func invalid(_ field: String) {
            if problems.invalid[field]?.last != index { problems.invalid[field, default: []].append(index) }
        }
        func missing(_ field: String) { problems.missing[field, default: []].append(index) }
        for field in item.fields where Self.isUnstorable(field, path) { invalid(field.key) }
        let type = Self.type(item, path)
        var hasNoID = true
        for field in ["user_id", "device_id"] {
            switch Self.id(item[field], minimumLength: minimumIDLength) {
            case .absent: continue
            case .invalid: invalid(field)
            case .short:
                invalid(field)
                problems.short[field, default: []].append(index)
            case .present: break
            }
            hasNoID = false
        }
        if hasNoID, type != .text("$groupidentify") { missing("user_id") }
        switch type {
        case nil, .text(""): missing("event_type")
        case .text(let text) where !Self.reserved.contains(text): break
        default: invalid("event_type")
        }
        if path == .groupIdentify, item["group_type"]?.label == nil || item["group_value"]?.label == nil {
            missing("group_type")
        }
        for field in ["time", "session_id", "event_id"] {
            switch item[field] {
            case nil: break
            case .number(let number) where number == number.rounded():
                // The end of the year 2100.
                if field == "time", number >= 4_133_980_800_000 { invalid(field) }
            default: invalid(field)
            }
        }
        for field in ["event_properties", "user_properties", "group_properties"] {
            switch item[field] {
            case nil, .object: break
            default: invalid(field)
            }
        }
        for field in ["price", "quantity", "revenue"] {
            switch item[field] {
            case nil, .number: break
            default: invalid(field)
            }
        }
        if let groups = item["groups"], Self.groups(groups) == nil { invalid("groups") }
        for field in ["insert_id", "app_version", "language"] + Self.deviceFields + Self.placeFields
        where item[field]?.isContainer == true { invalid(field) }
        if let keys = item["user_properties"]?.fields.map(\.key) {
            let operations = keys.filter(Self.operations.contains).count
            if operations > 0, operations < keys.count { invalid("user_properties") }
        }
    }

    /// Source: Documentation/events-and-identity.md E14.
    private static func isUnstorable(_ field: Plain.Field, _ path: Sent.Path) -> Bool {
        func hasZero(_ text: String) -> Bool { text.contains("\\u0000") }
        func hasZeroKey(_ value: Plain) -> Bool {
            switch value {
            case .list(let elements): elements.contains(where: hasZeroKey)
            case .object(let fields): fields.contains { hasZero($0.key) || hasZeroKey($0.value) }
            default: false
            }
        }
        func isBeyond(_ value: Plain) -> Bool {
            if case .long(let number) = value { Double(number)!.isInfinite } else { false }
        }
        if hasZero(field.key) || hasZeroKey(field.value) || field.value.holds(isBeyond) { return true }
        var names = ["user_id", "device_id", "event_type", "insert_id", "groups"]
        if path == .groupIdentify { names += ["group_type", "group_value"] }
        return names.contains(field.key)
            && field.value.holds { value in if case .text(let text) = value { hasZero(text) } else { false } }
    }

    static func type(_ item: Plain, _ path: Sent.Path) -> Plain? {
        switch path {
        case .identify: .text("$identify")
        case .groupIdentify: .text("$groupidentify")
        default: item["event_type"]
        }
    }

    /// Type and value of each; `nil` if it is too much or no group. Source: Documentation/events-and-identity.md E11.
    static func groups(_ value: Plain) -> [[String]]? {
        guard case .object(let fields) = value, fields.count <= 5 else { return nil }
        var groups: [[String]] = []
        for field in fields {
            var values = [field.value]
            if case .list(let list) = field.value { values = list }
            if values.count > 10 { return nil }
            for value in values where value != .null {
                guard let label = value.label else { return nil }
                groups.append([field.key, label])
            }
        }
        return groups
    }
}
