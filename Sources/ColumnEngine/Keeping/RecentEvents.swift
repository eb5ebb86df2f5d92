import QueryModel
import Storage

/// The events that arrived since the base was clustered, in arrival order.
struct RecentEvents: Sendable {
    /// Row of the first one.
    var firstRow = 0
    private(set) var users: [Int32] = []
    /// Milliseconds.
    private(set) var times: [Int64] = []
    private(set) var types: [UInt32] = []
    /// Codes of properties; a column may lag behind, until somebody needs it.
    private(set) var columns: [PropertyReference: [UInt32]] = [:]
    private(set) var longs: [LongColumn: [Int64]] = [:]

    init(firstRow: Int = 0) {
        self.firstRow = firstRow
    }

    var count: Int { users.count }
    var rows: Range<Int> { firstRow..<firstRow + count }

    /// Bytes of memory.
    var size: Int {
        count * 16 + columns.values.reduce(0) { $0 + $1.count * 4 } + longs.values.reduce(0) { $0 + $1.count * 8 }
    }

    /// Reads the rows that follow, up to `end`.
    mutating func extend(to end: Int, from store: any EventStore) throws(EventStoreError) {
        // Apart, so that a read that fails changes nothing, and what is there is not copied.
        var (users, times, types): ([Int32], [Int64], [UInt32]) = ([], [], [])
        try store.readEvents(EventSelection(rows: rows.upperBound..<end)) { userChunk, timeChunk, typeChunk in
            for i in userChunk.indices {
                users.append(userChunk[i])
                times.append(timeChunk[i])
                types.append(UInt32(truncatingIfNeeded: typeChunk[i]))
            }
        }
        self.users += users
        self.times += times
        self.types += types
    }

    /// Takes back what was read last, but for the first so many events.
    mutating func shorten(to count: Int) {
        users.removeLast(self.count - count)
        times.removeLast(times.count - count)
        types.removeLast(types.count - count)
    }

    mutating func load(
        _ property: PropertyReference,
        through reader: inout PropertyReader,
        from store: any EventStore,
        dictionaryLimit: Int,
        _ split: WorkSplit
    ) throws(EventStoreError) {
        let known = columns[property]?.count ?? 0
        if known == 0 { columns[property] = [] }
        for segment in ArrivalSegment.all(of: firstRow + known..<rows.upperBound, split) {
            let codes = try reader.codes(of: segment, from: store, largest: dictionaryLimit)
            columns[property]?.append(contentsOf: codes)
        }
    }

    mutating func load(
        _ column: LongColumn,
        from store: any EventStore,
        _ split: WorkSplit
    ) throws(EventStoreError) {
        let known = longs[column]?.count ?? 0
        if known == 0 { longs[column] = [] }
        for segment in ArrivalSegment.all(of: firstRow + known..<rows.upperBound, split) {
            longs[column]?.append(contentsOf: try segment.longs(column, from: store))
        }
    }

    mutating func forget(_ property: PropertyReference) { columns[property] = nil }
    mutating func forget(_ column: LongColumn) { longs[column] = nil }
}
