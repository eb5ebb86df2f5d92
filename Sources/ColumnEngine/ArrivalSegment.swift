import Storage

/// A stretch of events in arrival order, to be read by several threads.
struct ArrivalSegment: Sendable {
    struct Part: Sendable {
        var selection: EventSelection
        /// Numbers of its events, counted from the first event of all segments.
        var arrivals: Range<Int>
    }

    /// They follow on from one another; each is read by a thread.
    var parts: [Part]

    var arrivals: Range<Int> {
        (parts.first?.arrivals.lowerBound ?? 0)..<(parts.last?.arrivals.upperBound ?? 0)
    }

    /// All events of `rows`, from arrival 0 on.
    static func all(of rows: Range<Int>, _ split: Split) -> [ArrivalSegment] {
        split.segments(of: rows).map { parts in
            ArrivalSegment(
                parts: parts.map {
                    Part(
                        selection: EventSelection(rows: $0),
                        arrivals: $0.lowerBound - rows.lowerBound..<$0.upperBound - rows.lowerBound
                    )
                }
            )
        }
    }

    /// Reads a column of whole numbers, in arrival order.
    func longs(_ column: LongColumn, from store: any EventStore) throws(EventStoreError) -> [Int64] {
        try [Int64](count: arrivals.count) { (elements) throws(EventStoreError) in
            _ = try concurrently(parts.count) { part throws(EventStoreError) in
                var next = parts[part].arrivals.lowerBound - arrivals.lowerBound
                try store.readLongs(column, parts[part].selection) { numbers in
                    for i in numbers.indices { elements.set(next + i, numbers[i]) }
                    next += numbers.count
                }
            }
        }
    }
}
