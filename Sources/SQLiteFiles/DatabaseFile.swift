package import Foundation
package import GRDB

/// A database's file as it lies on the disk, looked at before it is opened for good: SQLite takes an empty file for a new
/// database, and throws its log away; and it takes an end that is missing for zeros.
package struct DatabaseFile {
    let url: URL

    package init(url: URL) {
        self.url = url
    }

    private var log: URL { URL(fileURLWithPath: url.path + "-wal") }

    /// Why there is no database, as the end of a sentence; `nil` if something is there.
    package var absence: String? {
        guard let state = FileState(url) else { return "it is not there" }
        return !state.isFile ? "it is no file" : state.size == 0 ? "it is empty" : nil
    }

    /// Whether there is a write-ahead log with something in it.
    package var hasLog: Bool { (FileState(log)?.size ?? 0) > 0 }

    /// Changes with every commit, of whatever process.
    package var state: [FileState?] { [FileState(url), FileState(log)] }

    /// Reads the database, and changes nothing.
    ///
    /// - Throws: ``Damage`` if its end is missing.
    package func read(_ body: (Database) throws -> Void) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: url.path, configuration: configuration)
        defer { try? queue.close() }
        try queue.read { db in
            try checkSize(db)
            try body(db)
        }
    }

    /// What is there is not the whole database, for a reason that is the end of a sentence.
    package struct Damage: Error {
        package var reason: String
    }

    /// A crash amid a checkpoint leaves the end in the log alone; otherwise it must be in the file.
    private func checkSize(_ db: Database) throws {
        let pageSize = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0
        let pageCount = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        guard let size = FileState(url)?.size, size < pageCount * pageSize else { return }
        let logged = loggedPages(ofSize: pageSize)
        if (size / pageSize + 1...pageCount).contains(where: { !logged.contains($0) }) {
            throw Damage(reason: "it has \(size) bytes, but had \(pageCount * pageSize)")
        }
    }

    /// The numbers of the pages that the log has. It is no file that SQLite locks.
    /// Source: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>
    private func loggedPages(ofSize pageSize: Int64) -> Set<Int64> {
        guard let file = try? FileHandle(forReadingFrom: log) else { return [] }
        defer { try? file.close() }
        guard let head = try? file.read(upToCount: 32), head.count == 32 else { return [] }
        var (pages, offset) = (Set<Int64>(), UInt64(32))
        while (try? file.seek(toOffset: offset)) != nil, let frame = try? file.read(upToCount: 24), frame.count == 24,
            // What was written before the log began anew has other salts.
            frame[8..<16] == head[16..<24]
        {
            pages.insert(frame[0..<4].reduce(0) { $0 << 8 | Int64($1) })
            offset += 24 + UInt64(pageSize)
        }
        return pages
    }
}
