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
    /// A column that has been read already, by part.
    var alongside: (column: NumberColumn, numbers: [[Int32]])?

    var arrivals: Range<Int> {
        (parts.first?.arrivals.lowerBound ?? 0)..<(parts.last?.arrivals.upperBound ?? 0)
    }

    /// All events of `rows`, from arrival 0 on.
    static func all(of rows: Range<Int>, _ split: WorkSplit) -> [ArrivalSegment] {
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

    /// Reads a column of numbers of one part, in arrival order.
    func readNumbers(
        _ column: NumberColumn,
        ofPart part: Int,
        from store: any EventStore,
        _ body: (Span<Int32>) -> Void
    ) throws(EventStoreError) {
        if let alongside, alongside.column == column {
            let numbers = alongside.numbers[part]
            body(numbers.span)
            return
        }
        try store.readNumbers(column, parts[part].selection, body)
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
