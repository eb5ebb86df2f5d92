package import Foundation
package import GRDB

extension DatabasePool {
    /// Opens a database whose commits are on disk when they return: WAL, `synchronous=FULL`. Nobody else may read it.
    package static func durable(at file: URL) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        let pool = try DatabasePool(path: file.path, configuration: configuration)
        // After opening, because GRDB sets NORMAL on the writer as its last step.
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000")
        }
        for suffix in ["", "-wal", "-shm"] { PrivateFiles.restrict(URL(fileURLWithPath: file.path + suffix)) }
        return pool
    }

    /// Closes the database with all of it in its one file, so that whoever copies that has everything. If another
    /// process uses it, too, the last one to close it sees to that.
    package func closeWithoutLog() {
        // Connections that only read go first, as the last one to be closed removes the log.
        releaseMemory()
        _ = try? writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        try? close()
    }
}
