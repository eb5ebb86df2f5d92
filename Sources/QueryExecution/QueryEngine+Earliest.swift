import ColumnEngine
public import EventModel
import QueryModel

extension QueryEngine {
    /// When the first event of anybody happened, those of deleted people aside; `nil` if there is none.
    public func earliest(_ context: QueryContext) async throws(QueryError) -> Timestamp? {
        let today = ChartRange.days(DateRange(first: context.today, last: context.today)!)
        let ever = 0..<Int64(UInt32.max) + 1
        let any = EventSelector(type: .any)
        var prepared = try await prepare(
            QuestionNeeds(events: [any]),
            over: TimeAxis(today, .all, in: context.zone),
            ever,
            context
        )
        _ = try prepared.match(any)
        let found = try await FoldPlan(EarliestScan(), over: prepared.data, prepared.scan).result()
        return found.second.map { Timestamp(milliseconds: Int64($0) * 1000) }
    }
}

/// The earliest of all events.
private struct EarliestScan: EventFold {
    private(set) var second: UInt32?

    mutating func add(_ events: ScannedEvents) {
        let seconds = events.block.seconds.span
        // A person's events are in order.
        events.forEachPerson { _, indexes in note(seconds[Int(events.places[indexes.lowerBound])]) }
    }

    mutating func merge(_ other: EarliestScan) {
        if let second = other.second { note(second) }
    }

    private mutating func note(_ second: UInt32) {
        self.second = min(self.second ?? second, second)
    }
}
