import DuckDB
private import Foundation
import Synchronization

/// How much memory a project's DuckDB may take: little, as long as that is enough, and more for as long as the file is
/// open once something has needed more.
final class DuckDBMemory: Sendable {
    private let database: Database
    private let limit = Mutex(first)

    /// Bytes, before anything has needed more.
    static let first = min(max(machine / 64, 128 << 20), 256 << 20)
    /// Bytes at most.
    private static let largest = max(first, machine / 4)
    private static var machine: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }

    init(_ database: Database) {
        self.database = database
    }

    /// As DuckDB writes it.
    static func setting(_ bytes: Int) -> String { "\(bytes >> 20)MiB" }

    /// Gives twice as much as before.
    ///
    /// - Returns: false if there is no more to be given.
    @discardableResult
    func raise() -> Bool {
        limit.withLock { limit in
            let raised = min(2 * limit, Self.largest)
            guard raised > limit, let connection = try? Connection(database),
                (try? connection.execute("SET memory_limit = '\(Self.setting(raised))'")) != nil
            else { return false }
            limit = raised
            return true
        }
    }
}
