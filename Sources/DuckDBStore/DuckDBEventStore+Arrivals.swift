import DuckDB
public import EventModel
public import Storage

extension DuckDBEventStore: ArrivalStore {
    public func hours(receivedIn times: Range<Timestamp>) throws(EventStoreError) -> [ArrivalHour] {
        var hours: [ArrivalHour] = []
        try read(
            """
            SELECT received_time // 3600000 AS hour, min(\(number)), max(\(number)) FROM events
            WHERE \(Self.holds("received_time", times))
            GROUP BY hour ORDER BY hour
            """
        ) { chunk in
            for row in 0..<chunk.count {
                guard let number = chunk.value(0, row, as: Int64.self), let first = chunk.value(1, row, as: Int64.self),
                    let last = chunk.value(2, row, as: Int64.self)
                else { continue }
                hours.append(ArrivalHour(number: number, numbers: Int(first)..<Int(last) + 1))
            }
        }
        return hours
    }

    public func readEvents(
        in numbers: Range<Int>,
        where condition: ArrivalCondition,
        _ body: ([ResolvedEvent]) -> Void
    ) throws(EventStoreError) {
        if numbers.upperBound > progress().arrivals { throw Self.incomplete }
        var found = try rows(
            """
            FROM events WHERE \(number) >= \(numbers.lowerBound) AND \(number) < \(numbers.upperBound)\(Self.text(of: condition))
            """
        )
        let (names, longSets) = try shortNames(of: found.map(\.event))
        func isLong(_ row: ResolvedRow) -> Bool { !row.long.isEmpty || longSets.contains(row.event.userProperties) }
        let pivot = found.partition(by: isLong)
        if pivot > 0 { body(found[..<pivot].map { $0.resolved(names) }) }
        let long = found[pivot...].sorted { $0.row < $1.row }
        for some in try slices(long, longSets) {
            var some = Array(some)
            try fillLongTexts(of: &some)
            var names = names
            try fillLongSets(Set(some.map(\.event.userProperties)).intersection(longSets), in: &names)
            body(some.map { $0.resolved(names) })
        }
    }

    /// Bytes of long texts that are in memory at once: an event may have a megabyte, and its person a quarter of one.
    private static let longBytesAtOnce = 32 << 20

    /// Cuts rows so that the long texts of each slice are not too much: as few slices as that allows, because texts that lie
    /// beside each other are read together.
    private func slices(
        _ rows: [ResolvedRow],
        _ longSets: Set<PropertySetID>
    ) throws(EventStoreError) -> [ArraySlice<ResolvedRow>] {
        let own = rows.filter { !$0.long.isEmpty }.map { Int64($0.row) }
        let properties = try longSizes(.eventProperties, own)
        let extras = try longSizes(.extras, own)
        let sets = try longSizes(.userProperties, longSets.map { Int64($0.number) })
        var slices: [ArraySlice<ResolvedRow>] = []
        var (start, size) = (0, 0)
        var seen: Set<PropertySetID> = []
        for (index, row) in rows.enumerated() {
            let id = Int64(row.row)
            var more = (properties[id] ?? 0) + (extras[id] ?? 0)
            let set = row.event.userProperties
            if !seen.contains(set) { more += sets[Int64(set.number)] ?? 0 }
            if index > start, size + more > Self.longBytesAtOnce {
                slices.append(rows[start..<index])
                (start, size, seen) = (index, 0, [])
            }
            seen.insert(set)
            size += more
        }
        if start < rows.count { slices.append(rows[start...]) }
        return slices
    }

    /// More conditions, each after an `AND`.
    private static func text(of condition: ArrivalCondition) -> String {
        var text = ""
        if let received = condition.received { text += " AND \(holds("received_time", received))" }
        if let times = condition.times { text += " AND \(holds("time", times))" }
        if let types = condition.types {
            text += types.isEmpty ? " AND false" : " AND type IN (\(list(types.map(\.number))))"
        }
        return text
    }

    private static func holds(_ column: String, _ times: Range<Timestamp>) -> String {
        "\(column) >= \(times.lowerBound.milliseconds) AND \(column) < \(times.upperBound.milliseconds)"
    }
}
