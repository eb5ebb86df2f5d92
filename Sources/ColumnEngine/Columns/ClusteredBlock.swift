import QueryModel
import Storage

/// A block, and which event is where in it.
struct ClusteredBlock: Sendable {
    var block = EventBlock()

    /// By place: the event's number in arrival order. What is loaded later finds its place by it.
    var arrivals: [UInt32] {
        get { block.arrivals }
        _modify { yield &block.arrivals }
    }

    /// Bytes of memory without the columns of properties.
    var size: Int { block.sizeWithoutColumns }

    /// Loads a property of all of its events.
    ///
    /// - Parameter segments: where its events are read from; their arrivals are those of this block.
    mutating func load(
        _ property: PropertyReference,
        through reader: inout PropertyReader,
        _ segments: [ArrivalSegment],
        from store: any EventStore,
        dictionaryLimit: Int
    ) throws(EventStoreError) {
        var column = CodeColumn(zeros: arrivals.count, largest: reader.dictionary.largestCode)
        for segment in segments {
            let codes = try reader.codes(of: segment, from: store, largest: dictionaryLimit)
            column.makeRoom(for: reader.dictionary.largestCode)
            column.gather(codes, first: segment.arrivals.lowerBound, arrivals: arrivals)
        }
        block.columns[property] = column
    }

    /// Loads whole numbers of all of its events.
    mutating func load(
        _ column: LongColumn,
        _ segments: [ArrivalSegment],
        from store: any EventStore
    ) throws(EventStoreError) {
        block.longs[column] = try Self.longs(column, of: arrivals, segments, from: store)
    }

    static func longs(
        _ column: LongColumn,
        of arrivals: [UInt32],
        _ segments: [ArrivalSegment],
        from store: any EventStore
    ) throws(EventStoreError) -> [Int64] {
        var numbers = [Int64](repeating: 0, count: arrivals.count)
        for segment in segments {
            let read = try segment.longs(column, from: store)
            numbers.gather(read, first: segment.arrivals.lowerBound, arrivals: arrivals)
        }
        return numbers
    }
}

extension EventBlock {
    var sizeWithoutColumns: Int {
        people.count * 4 + starts.count * 4 + seconds.count * 4 + types.size + arrivals.count * 4 + hidden.count
    }

    var sizeOfColumns: Int { columns.values.reduce(0) { $0 + $1.size } + longs.values.reduce(0) { $0 + $1.count * 8 } }
}
