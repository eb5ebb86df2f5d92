import EventModel
public import Storage
import Synchronization

/// Keeps the rows of lookup tables that questions look into, of all projects together, up to a number of bytes; those that
/// were not asked for the longest go first.
public final class LookupCache: Sendable {
    private struct Entry {
        var rows: LookupRows
        var used: Int
    }

    private struct State {
        var entries: [LookupContent: Entry] = [:]
        var clock = 0
    }

    public static let shared = LookupCache(capacity: 256 << 20)

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// A table's rows. One table is read at a time, so that nobody reads what another one is just reading.
    public func rows(of table: LookupTable, in record: any ProjectRecord) async throws -> LookupRows {
        if let known = known(table.content) { return known }
        return try await BlockingQueue.lookups.run { () throws(any Error) in
            if let known = self.known(table.content) { return known }
            guard let bytes = try record.bytes(of: table.content) else {
                throw ProjectRecordError(.unavailable, "The lookup table was changed while it was read.")
            }
            let rows = try LookupRows(csv: bytes, key: table.key.string)
            self.keep(rows, of: table.content)
            return rows
        }
    }

    private func known(_ content: LookupContent) -> LookupRows? {
        state.withLock { state in
            state.clock += 1
            state.entries[content]?.used = state.clock
            return state.entries[content]?.rows
        }
    }

    private func keep(_ rows: LookupRows, of content: LookupContent) {
        state.withLock { state in
            state.clock += 1
            state.entries[content] = Entry(rows: rows, used: state.clock)
            var size = state.entries.values.reduce(0) { $0 + $1.rows.size }
            // The one that is asked for stays, whatever its size.
            while size > capacity, state.entries.count > 1,
                let oldest = state.entries.min(by: { $0.value.used < $1.value.used })
            {
                size -= oldest.value.rows.size
                state.entries[oldest.key] = nil
            }
        }
    }
}
