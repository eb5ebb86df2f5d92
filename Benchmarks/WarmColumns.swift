import ColumnEngine
import DuckDBStore
import EventModel
import Foundation
import QueryExecution
import QueryModel
import Storage

/// Our side: the engine over columns that are in memory before anything is measured.
struct WarmColumns {
    let columns: ColumnStore
    let engine: QueryEngine

    init(_ store: DuckDBEventStore) async throws {
        let columns = ColumnStore(store)
        try await columns.warm()
        self.columns = columns
        engine = QueryEngine(columns: columns) { () throws(EventStoreError) in }
    }
}

extension BenchmarkData {
    /// All days.
    static let range = DateRange(first: firstDay, last: firstDay.adding(days: days - 1))!
    /// Questions are asked in the last moment of the last day.
    static let now = Timestamp(milliseconds: start.milliseconds + Int64(days) * 86_400_000 - 1)
}
