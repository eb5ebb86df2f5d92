public import EventModel
public import QueryModel

extension Answer {
    /// One row a value. Source: Documentation/asking.md Q5.
    ///
    /// - Parameters:
    ///   - question: what was asked.
    ///   - now: what is not over by then is incomplete.
    public func table(of question: Question, at now: Timestamp) -> AnswerTable {
        switch (self, question) {
        case (.segmentation(let answer), .segmentation(let query)): answer.table(query, at: now)
        case (.users(let answer), .users(let query)): answer.table(query.segments, at: now)
        case (.revenue(let answer), .revenue(let query)): answer.table(query.segments, at: now)
        case (.funnel(let answer), .funnel(let query)): answer.table(query)
        case (.retention(let answer), .retention(let query)): answer.table(query.segments)
        case (.lifetimeValue(let answer), .lifetimeValue(let query)): answer.table(query.segments)
        case (.sessions(let answer), .sessions(let query)): answer.table(query, at: now)
        case (.composition(let answer), .composition): answer.table
        case (.lifecycle(let answer), .lifecycle(let query)): answer.table(query, at: now)
        case (.stickiness(let answer), .stickiness): answer.table(at: now)
        case (.dataTable(let answer), .dataTable(let query)): answer.table(query)
        default: preconditionFailure("the answer to another question")
        }
    }

    /// The same over the whole range, where that is more than the rows tell: each person counted once. `nil` where it is not.
    public func wholeTable(of question: Question) -> AnswerTable? {
        switch (self, question) {
        case (.segmentation(let answer), .segmentation(let query)): answer.wholeTable(query)
        case (.revenue(let answer), .revenue(let query)): answer.wholeTable(query.segments)
        case (.retention(let answer), .retention(let query)): answer.wholeTable(query.segments)
        case (.lifetimeValue(let answer), .lifetimeValue(let query)): answer.wholeTable(query.segments)
        case (.sessions(let answer), .sessions): answer.wholeTable
        default: nil
        }
    }

    /// The buckets in which something may still change, by their labels.
    public func incompleteBuckets(at now: Timestamp) -> [String] {
        func labels(_ axis: TimeAxis, _ isIncomplete: [Bool]) -> [String] {
            zip(axis.labels, isIncomplete).filter(\.1).map(\.0)
        }
        switch self {
        case .segmentation(let answer), .users(let answer), .revenue(let answer):
            return labels(answer.axis, answer.axis.isIncomplete(at: now))
        case .funnel(let answer): return labels(answer.axis, answer.isComplete.map { !$0 })
        case .retention(let answer):
            let isIncomplete = (0..<answer.axis.bucketCount).map { bucket in
                answer.series.contains { $0.rows[bucket].contains(where: \.isIncomplete) }
            }
            return labels(answer.axis, isIncomplete)
        case .lifetimeValue(let answer):
            let isIncomplete = (0..<answer.axis.bucketCount).map { bucket in
                answer.series.contains { $0.cohorts[bucket].isComplete.contains(false) }
            }
            return labels(answer.axis, isIncomplete)
        case .sessions(.days(let axis, _, _)): return labels(axis, axis.isIncomplete(at: now))
        case .lifecycle(let answer): return labels(answer.axis, answer.axis.isIncomplete(at: now))
        case .stickiness(let answer): return labels(answer.axis, answer.axis.isIncomplete(at: now))
        case .sessions(.counts), .composition, .dataTable: return []
        }
    }
}
