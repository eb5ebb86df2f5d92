import QueryModel

extension Segment {
    /// Its conditions on properties, which are judged on each event.
    var filters: [PropertyFilter] {
        conditions.compactMap { if case .property(let filter) = $0 { filter } else { nil } }
    }

    /// Its conditions on people.
    var performed: [PerformedCondition] {
        conditions.compactMap { if case .performed(let condition) = $0 { condition } else { nil } }
    }

    var cohorts: [(ids: [String], isMember: Bool)] {
        conditions.compactMap { if case .cohort(let ids, let isMember) = $0 { (ids, isMember) } else { nil } }
    }
}

extension [Segment] {
    /// The events that their conditions count.
    var performedEvents: [EventSelector] { flatMap { $0.performed.map(\.event) } }
}
