extension LifecycleQuery: DocumentedQuestion {
    static let documentType = "lifecycle"
    static let documentMembers = ["event", "rule", "interval", "segment"]

    var question: Question { .lifecycle(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        let rule: Rule = try object.choice("rule") ?? .amplitude
        self.init(
            try object.repeatedEvent(),
            rule: rule,
            in: ChartFrame(
                range: range,
                interval: try object.interval(rule.intervals, standard: .week),
                segments: [try object.segment()]
            )
        )
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write("event", event)
        try writer.write("rule", rule.rawValue, unless: Rule.amplitude.rawValue)
        try writer.write("interval", interval.rawValue, unless: Interval.week.rawValue)
        try writer.write("segment", segments[0], unless: .everybody)
    }
}

extension DocumentObject {
    /// The member `event`, which somebody can do again and again.
    func repeatedEvent() throws -> EventSelector {
        let event = try required("event", EventSelector.documentShape, as: EventSelector.self)
        if case .firstEver = event.type {
            throw malformed("event", "an event that people can do again; ask for {\"any\":\"active\"}")
        }
        if event.nth != nil {
            throw outOfRange("event", "takes no nth: it is about how people do an event again and again")
        }
        if !event.groupBy.isEmpty { throw outOfRange("event", "takes no groupBy: nothing splits the answer") }
        return event
    }

    /// The member `interval`.
    func interval(_ known: [Interval], standard: Interval) throws -> Interval {
        let interval = try choice("interval", of: Interval.self) ?? standard
        guard known.contains(interval) else {
            throw malformed("interval", "one of \(known.map(\.rawValue).joined(separator: ", "))")
        }
        return interval
    }

    /// The member `segment`; everybody if it is not there.
    func segment() throws -> Segment {
        try value("segment", "a segment, such as {\"conditions\":[]} for everybody") ?? .everybody
    }
}
