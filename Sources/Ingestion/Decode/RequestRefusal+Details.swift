extension RequestRefusal {
    /// Which fields of which events are to be mended; empty where the sentence says it all.
    ///
    /// `event_type of event 1 is missing; time of events 0, 3 is invalid`
    public var details: String { details { field, indexes in "\(field) of \(Self.events(indexes))" } }

    /// The same without the events, so that requests with the same mistake have it in common.
    ///
    /// `event_type is missing; time is invalid`
    var fields: String { details { field, _ in field } }

    private func details(_ name: (_ field: String, _ indexes: [Int]) -> String) -> String {
        func say(_ fields: [String: [Int]], _ problem: String) -> [String] {
            fields.sorted { $0.key < $1.key }.map { "\(name($0.key, $0.value)) is \(problem)" }
        }
        // What is too short is named among the invalid, too.
        var invalid: [String: [Int]] = [:]
        for (field, indexes) in invalidFields {
            let short = Set(invalidIDLengths[field] ?? [])
            let rest = indexes.filter { !short.contains($0) }
            if !rest.isEmpty { invalid[field] = rest }
        }
        let parts =
            (missingField.map { ["\($0) is missing"] } ?? []) + say(missingFields, "missing")
            + say(invalidIDLengths, "too short") + say(invalid, "invalid")
        return parts.joined(separator: "; ")
    }

    /// As many as are looked at one by one.
    private static let mostIndexes = 10

    private static func events(_ indexes: [Int]) -> String {
        let named = indexes.prefix(mostIndexes).map(String.init).joined(separator: ", ")
        let others = indexes.count - mostIndexes
        return (indexes.count == 1 ? "event " : "events ") + named + (others > 0 ? " and \(others) more" : "")
    }
}
