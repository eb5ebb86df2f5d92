import DuckDBStore
import Foundation
import Storage
import TestSupport

/// The stores that must all behave alike. The first one defines how.
enum StoreKind: String, CaseIterable, Sendable {
    case memory, duckDBInMemory, duckDBFile

    func make(_ folder: TemporaryFolder) throws -> any EventStore & PeopleStore & ArrivalStore {
        switch self {
        case .memory: MemoryEventStore(chunkSize: 3)
        case .duckDBInMemory: try DuckDBEventStore(path: nil)
        case .duckDBFile: try DuckDBEventStore(path: folder.url.appendingPathComponent("events.duckdb").path)
        }
    }
}
