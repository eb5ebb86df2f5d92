import EventModel
public import QueryModel

extension LifecycleQuery {
    /// What the states are called, in the order of the answer's series.
    public var stateNames: [String] { ["new", rule == .amplitude ? "current" : "returning", "resurrected", "dormant"] }
}

extension LifecycleAnswer {
    /// One row a period.
    func table(_ query: LifecycleQuery, at now: Timestamp) -> AnswerTable {
        let isIncomplete = axis.isIncomplete(at: now)
        return AnswerTable(
            columns: ["date"] + query.stateNames + ["pulse", "incomplete"],
            rows: axis.labels.enumerated().map { bucket, label in
                [.text(label)] + people.map { .integer($0[bucket]) } + [
                    .number(pulse[bucket]), .flag(isIncomplete[bucket]),
                ]
            }
        )
    }
}

extension StickinessAnswer {
    /// One row a period and number of days; by the calendar one a period.
    func table(at now: Timestamp) -> AnswerTable {
        let isIncomplete = axis.isIncomplete(at: now)
        switch self {
        case .days(let axis, let people, let counts):
            return AnswerTable(
                columns: ["date", "days", "people", "share", "incomplete"],
                rows: axis.labels.enumerated().flatMap { bucket, label in
                    counts.enumerated().map { days, counts in
                        [
                            .text(label), .integer(days + 1), .integer(counts[bucket]),
                            .number(Self.share(counts[bucket], of: people[bucket])), .flag(isIncomplete[bucket]),
                        ]
                    }
                }
            )
        case .shares(let axis, let values):
            return AnswerTable(
                columns: ["date", "value", "incomplete"],
                rows: axis.labels.enumerated().map { bucket, label in
                    [.text(label), .number(values[bucket]), .flag(isIncomplete[bucket])]
                }
            )
        }
    }

    /// Nobody of nobody is 0.
    public static func share(_ part: Int, of whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}
