public import EventModel
public import QueryModel

extension EventSelector {
    /// The event's name and, for each filter, its values, as people read it. Source: Documentation/funnels.md F19.
    public var label: String {
        let name =
            switch type {
            case .named(let name): name.string
            case .anyActive: "Any Active Event"
            case .any, .anyRow: "Any Event"
            case .firstEver: "New User"
            case .revenue(.any): "revenue_amount"
            case .revenue(.verified): "verified_revenue"
            case .revenue(.unverified): "unverified_revenue"
            case .custom(let name): "[Custom] \(name.string)"
            }
        let filtered = filters.reduce(name) { label, filter in
            "\(label) (\(filter.values.map(\.string).joined(separator: ", ")))"
        }
        return nth.map { "\(filtered), time \($0)" } ?? filtered
    }
}

extension [Segment] {
    /// What people call one of them: its name; without one, who is meant, or its number.
    public func label(of index: Int) -> String {
        guard indices.contains(index) else { return "Segment \(index + 1)" }
        return self[index].name ?? (self[index].conditions.isEmpty ? "All Users" : "Segment \(index + 1)")
    }
}

extension TimeAxis {
    /// By bucket that is shown: whether some of it is still to come.
    public func isIncomplete(at now: Timestamp) -> [Bool] {
        (0..<bucketCount).map { end(of: $0) > now.seconds }
    }
}
