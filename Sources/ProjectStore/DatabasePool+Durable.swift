import Foundation
import GRDB

extension DatabasePool {
    /// Opens a database whose commits are on disk when they return: WAL, `synchronous=FULL`.
    static func durable(at file: URL) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        let pool = try DatabasePool(path: file.path, configuration: configuration)
        // After opening, because GRDB sets NORMAL on the writer as its last step.
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000")
        }
        return pool
    }
}
