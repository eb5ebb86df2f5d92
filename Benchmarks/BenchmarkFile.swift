import DuckDB
import DuckDBStore
import Foundation
import Storage

/// The file of made-up events that all questions are asked of, by us and by SQL.
struct BenchmarkFile {
    let data: BenchmarkData
    let url: URL

    struct OtherData: Error, CustomStringConvertible {
        var path: String
        var rows: Int
        var description: String {
            "\(path) has \(rows) events already. Name another file with --keep, or ask for as many with --events."
        }
    }

    /// Fills the file, unless it is full.
    func prepare() throws {
        print(
            "\(data.events) events, \(data.users) users, \(BenchmarkData.days) days, \(BenchmarkData.types) event types,"
                + " \(BenchmarkData.countries) countries, seed \(data.seed)"
        )
        reportLoad()
        let start = ContinuousClock.now
        let store = try open()
        let rows = store.progress().rows
        if rows == data.events { return }
        guard rows == 0 else { throw OtherData(path: url.path, rows: rows) }
        try data.forEachBatch { try store.append([$0]) }
        store.checkpoint()
        print(String(format: "stored in %.1f s", start.duration(to: .now) / .seconds(1)))
    }

    func open() throws -> DuckDBEventStore { try DuckDBEventStore(path: url.path) }

    /// A connection that works on as many cores as we do. Not while the store is open.
    func rival() throws -> Connection {
        try Connection(Database(.file(url.path), options: ["threads": "\(Self.threads)"]))
    }

    /// Threads of each side.
    static var threads: Int { ProcessInfo.processInfo.activeProcessorCount }
}

extension Connection {
    /// All rows of an answer whose columns are whole numbers.
    func rows(_ sql: String) throws -> [[Int64]] {
        var rows: [[Int64]] = []
        try query(sql) { chunk throws(DatabaseError) in
            for row in 0..<chunk.count {
                rows.append((0..<chunk.columnCount).map { chunk.value($0, row, as: Int64.self) ?? .min })
            }
            return true
        }
        return rows
    }
}

/// The quickest of some statements that mean the same.
func quickest(
    _ statements: [String],
    runs: Int,
    _ connection: Connection,
    _ cells: ([[Int64]]) -> [String]
) async throws -> Measured<[String]> {
    var quickest: Measured<[String]>?
    for sql in statements {
        let one = try await best(of: runs) { try connection.rows(sql) }.mapAnswer(cells)
        if let quickest, quickest.answer != one.answer {
            throw AnswersDiffer(question: "two statements of SQL", ours: quickest.answer, theirs: one.answer)
        }
        if one.seconds < quickest?.seconds ?? .infinity { quickest = one }
    }
    return quickest!
}
