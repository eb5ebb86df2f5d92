extension StickinessQuery: DocumentedQuestion {
    static let documentType = "stickiness"
    static let documentMembers = ["event", "rule", "cumulative", "people", "interval", "segment"]

    var question: Question { .stickiness(self) }

    /// Raw value: what `rule` is in a document.
    private enum RuleName: String, CaseIterable { case amplitude, calendar }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        let rule: Rule
        let intervals: [Interval]
        switch try object.choice("rule", of: RuleName.self) ?? .amplitude {
        case .amplitude:
            rule = .amplitude(isCumulative: try object.value("cumulative", "true or false") ?? true)
            intervals = [.week, .month]
            if object.has("people") {
                throw object.outOfRange("people", "is of \"rule\":\"calendar\" alone; leave it out")
            }
        case .calendar:
            rule = .calendar(try object.choice("people") ?? .day)
            intervals = [.day, .week, .month, .quarter, .year]
            if object.has("cumulative") {
                throw object.outOfRange("cumulative", "is of \"rule\":\"amplitude\" alone; leave it out")
            }
        }
        self.init(
            try object.repeatedEvent(),
            rule: rule,
            in: ChartFrame(
                range: range,
                interval: try object.interval(intervals, standard: intervals[0]),
                segments: [try object.segment()]
            )
        )
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write("event", event)
        switch rule {
        case .amplitude(let isCumulative):
            try writer.write("cumulative", isCumulative, unless: true)
            try writer.write("interval", interval.rawValue, unless: Interval.week.rawValue)
        case .calendar(let people):
            try writer.write("rule", RuleName.calendar.rawValue)
            try writer.write("people", people.rawValue, unless: Numerator.day.rawValue)
            try writer.write("interval", interval.rawValue, unless: Interval.day.rawValue)
        }
        try writer.write("segment", segments[0], unless: .everybody)
    }
}
