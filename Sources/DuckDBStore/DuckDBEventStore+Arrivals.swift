import DuckDB
public import EventModel
public import Storage

extension DuckDBEventStore: ArrivalStore {
    public func hours(receivedIn times: Range<Timestamp>) throws(EventStoreError) -> [ArrivalHour] {
        var hours: [ArrivalHour] = []
        try read(
            """
            SELECT received_time // 3600000 AS hour, min(rowid), max(rowid) FROM events WHERE \(Self.received(times))
            GROUP BY hour ORDER BY hour
            """
        ) { chunk in
            for row in 0..<chunk.count {
                guard let number = chunk.value(0, row, as: Int64.self), let first = chunk.value(1, row, as: Int64.self),
                    let last = chunk.value(2, row, as: Int64.self)
                else { continue }
                hours.append(ArrivalHour(number: number, rows: Int(first)..<Int(last) + 1))
            }
        }
        return hours
    }

    public func readEvents(
        in rows: Range<Int>,
        receivedIn times: Range<Timestamp>,
        _ body: ([ResolvedEvent]) -> Void
    ) throws(EventStoreError) {
        try checkRows(rows)
        var found = try self.rows(
            "FROM events WHERE rowid >= \(rows.lowerBound) AND rowid < \(rows.upperBound) AND \(Self.received(times))"
        )
        let (names, longSets) = try shortNames(of: found.map(\.event))
        func isLong(_ row: ResolvedRow) -> Bool { !row.long.isEmpty || longSets.contains(row.event.userProperties) }
        let pivot = found.partition(by: isLong)
        if pivot > 0 { body(found[..<pivot].map { $0.resolved(names) }) }
        for start in stride(from: pivot, to: found.count, by: Self.longEventsAtOnce) {
            var some = Array(found[start..<min(start + Self.longEventsAtOnce, found.count)])
            try fillLongTexts(of: &some)
            var names = names
            try fillLongSets(Set(some.map(\.event.userProperties)).intersection(longSets), in: &names)
            body(some.map { $0.resolved(names) })
        }
    }

    /// Each may have a megabyte, and its person a quarter of one.
    private static let longEventsAtOnce = 32

    private static func received(_ times: Range<Timestamp>) -> String {
        "received_time >= \(times.lowerBound.milliseconds) AND received_time < \(times.upperBound.milliseconds)"
    }
}
