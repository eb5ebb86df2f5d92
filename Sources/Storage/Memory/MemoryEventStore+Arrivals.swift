public import EventModel

extension MemoryEventStore: ArrivalStore {
    public func hours(receivedIn times: Range<Timestamp>) -> [ArrivalHour] {
        let rows = allRows.filter { times.contains($0.receivedAt) }
        return Dictionary(grouping: rows) { $0.receivedAt.milliseconds / 3_600_000 }
            .map { hour, rows in
                let numbers = rows.map(\.arrival)
                return ArrivalHour(number: hour, numbers: numbers.min()!..<numbers.max()! + 1)
            }
            .sorted { $0.number < $1.number }
    }

    public func readEvents(
        in numbers: Range<Int>,
        where condition: ArrivalCondition,
        _ body: ([ResolvedEvent]) -> Void
    ) {
        body(
            events(at: Array(numbers)).filter { event in
                condition.received?.contains(event.receivedAt) ?? true
                    && condition.times?.contains(event.event.time) ?? true
                    && condition.types?.contains(event.event.type) ?? true
            }
        )
    }
}
