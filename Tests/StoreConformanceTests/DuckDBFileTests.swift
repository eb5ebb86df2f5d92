import DuckDB
import EventModel
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@testable import DuckDBStore

@Suite("DuckDB's file")
struct DuckDBFileTests {
    @Test("a file that is opened again goes on where it was")
    func reopened() throws {
        let folder = try TemporaryFolder().made()
        do {
            let store = try StoreKind.duckDBFile.make(folder)
            try store.append([named, batch(2, events: 2_500, from: 0)])
        }
        let store = try StoreKind.duckDBFile.make(folder)
        #expect(try store.progress() == StoreProgress(sequence: JournalSequence(2), rows: 2_500))
        try store.append([batch(3, events: 1, from: 2_500)])
        var users: [Int32] = []
        try store.readEvents(EventSelection(rows: 2_499..<2_501)) { chunk, _, _ in
            for i in chunk.indices { users.append(chunk[i]) }
        }
        #expect(users == [5, 1])
    }

    // MARK: Files of no use

    /// What may have happened to a file while no server ran.
    enum Harm: CaseIterable {
        case lastByteMissing, halfMissing, headMissing, emptied, otherFile, logCut, logOfNoUse
    }

    @Test("a damaged file is made anew, or goes on where it still was", arguments: Harm.allCases)
    func damaged(harm: Harm) throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appendingPathComponent("events.duckdb")
        let log = folder.url.appendingPathComponent("events.duckdb.wal")
        do {
            let store = try DuckDBEventStore(path: file.path)
            try store.append([named, batch(2, events: 30_000, from: 0)])
            store.checkpoint()
            #expect(try Data(contentsOf: file).count > 500_000)
            try store.append([batch(3, events: 5, from: 30_000)])
            // As a server that is killed leaves them: closing it would empty the log.
            for url in [file, log] { try FileManager.default.copyItem(at: url, to: url.appendingPathExtension("kept")) }
        }
        for url in [file, log] {
            try? FileManager.default.removeItem(at: url)
            try FileManager.default.moveItem(at: url.appendingPathExtension("kept"), to: url)
        }
        let (whole, logged) = (try Data(contentsOf: file), try Data(contentsOf: log))
        switch harm {
        case .lastByteMissing: try whole.dropLast().write(to: file)
        case .halfMissing: try whole.prefix(whole.count / 2).write(to: file)
        case .headMissing: try whole.dropFirst(5_000).write(to: file)
        case .emptied: try whole.prefix(100).write(to: file)
        case .otherFile: try Data("SQLite format 3".utf8).write(to: file)
        case .logCut: try logged.dropLast(10).write(to: log)
        case .logOfNoUse: try Data(repeating: 0xA5, count: logged.count).write(to: log)
        }
        let harmed = try Data(contentsOf: file)
        let remarks = Mutex<[String]>([])
        let store = try DuckDBEventStore(path: file.path, committed: JournalSequence(3)) { remark in
            remarks.withLock { $0.append(remark) }
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter {
            $0.contains(".aside")
        }
        if harm == .logCut || harm == .logOfNoUse {
            #expect(remarks.withLock { $0 } == [] && kept == [])
            #expect(store.progress() == StoreProgress(sequence: JournalSequence(2), rows: 30_000))
            try store.append([batch(3, events: 5, from: 30_000)])
        } else {
            let aside = try #require(kept.first { !$0.hasSuffix(".wal") })
            #expect(remarks.withLock { $0.count == 1 && $0[0].contains(aside) })
            let content = try Data(contentsOf: folder.url.appendingPathComponent(aside))
            // A file that DuckDB could open has what was in its log by now.
            #expect(
                content == harmed || [.lastByteMissing, .halfMissing].contains(harm) && content.count >= harmed.count
            )
            #expect(store.progress() == StoreProgress(sequence: JournalSequence(0), rows: 0))
            try store.append([named, batch(2, events: 30_000, from: 0), batch(3, events: 5, from: 30_000)])
        }
        var count = 0
        try store.readEvents(EventSelection(rows: 0..<30_005)) { users, _, _ in count += users.count }
        #expect(count == 30_005)
    }

    @Test("a file that is ahead of the journal is refused and stays, as the last copy; one that is behind is taken")
    func ahead() throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appendingPathComponent("events.duckdb")
        do { try DuckDBEventStore(path: file.path).append([named, batch(2, events: 3, from: 0)]) }
        let before = try Data(contentsOf: file)
        for committed in [0, 1] as [Int64] {
            let error = #expect(throws: EventStoreError.self) {
                _ = try DuckDBEventStore(path: file.path, committed: JournalSequence(committed))
            }
            #expect(error?.code == .aheadOfJournal && error?.message.contains("Restore project.sqlite") == true)
            #expect(try Data(contentsOf: file) == before)
        }
        for committed in [2, 3] as [Int64] {
            let store = try DuckDBEventStore(path: file.path, committed: JournalSequence(committed))
            #expect(store.progress().rows == 3)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["events.duckdb"])
    }

    @Test("what cannot be read may be the only copy of something, so all of it is kept")
    func asideUnread() throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appendingPathComponent("events.duckdb")
        let texts = ["first", "second", "third"].map { "\($0) file of no use" }
        for text in texts {
            try Data(text.utf8).write(to: file)
            try DuckDBEventStore(path: file.path, committed: JournalSequence(1)).close()
        }
        #expect(try Set(aside(folder.url).map { try String(contentsOf: $0, encoding: .utf8) }) == Set(texts))
    }

    @Test("of what the journal is known to have, one is kept")
    func asideKnown() throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appendingPathComponent("events.duckdb")
        for events in [30_000, 40_000] {
            let store = try DuckDBEventStore(path: file.path, committed: JournalSequence(2))
            try store.append([named, batch(2, events: events, from: 0)])
            store.close()
            try Data(contentsOf: file).dropLast().write(to: file)
        }
        let last = try Data(contentsOf: file)
        try DuckDBEventStore(path: file.path, committed: JournalSequence(2)).close()
        let kept = try aside(folder.url)
        #expect(kept.map(\.lastPathComponent) == ["events.duckdb.aside"])
        #expect(try kept.map { try Data(contentsOf: $0).count } == [last.count])
    }

    private func aside(_ folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).filter {
            $0.lastPathComponent.contains(".aside")
        }
    }

    @Test("after a failure that DuckDB does not get over, the file is opened again, with all that was stored")
    func fatal() throws {
        let folder = try TemporaryFolder().made()
        let remarks = Mutex<[String]>([])
        var file = EventFile(path: folder.url.appendingPathComponent("events.duckdb").path, options: EventFile.options)
        // What DuckDB's own tests do it with.
        file.options["debug_checkpoint_abort"] = "before_header"
        let store = try DuckDBEventStore(file, committed: nil) { remark in remarks.withLock { $0.append(remark) } }
        try store.append([named, batch(2, events: 3_000, from: 0)])
        #expect(store.isOpen)
        store.checkpoint()
        #expect(!store.isOpen)
        #expect(throws: EventStoreError.self) { try store.append([batch(3, events: 1, from: 3_000)]) }
        #expect(throws: EventStoreError.self) { _ = try store.eventTypes() }
        let progress = try store.reopen()
        #expect(store.isOpen && progress == StoreProgress(sequence: JournalSequence(2), rows: 3_000))
        try store.append([batch(3, events: 1, from: 3_000)])
        var count = 0
        try store.readEvents(EventSelection(rows: 0..<3_001)) { users, _, _ in count += users.count }
        #expect(count == 3_001)
        #expect(remarks.withLock { $0.count } == 2, "when it was let go of, and when it was back")
    }

    @Test("damage that shows in the midst of a question makes the file anew")
    func damagedBlock() throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appendingPathComponent("events.duckdb")
        let batches = [named, batch(2, events: 200_000, from: 0)]
        do {
            let store = try DuckDBEventStore(path: file.path)
            try store.append(batches)
            store.close()
        }
        var bytes = try Data(contentsOf: file)
        // Into each block but the first, which tells of the others.
        for block in stride(from: 3 * 4_096 + 262_144 + 100_000, to: bytes.count, by: 262_144) { bytes[block] ^= 0xFF }
        try bytes.write(to: file)
        let store = try DuckDBEventStore(path: file.path, committed: JournalSequence(2))
        if store.progress().rows > 0 {
            #expect(throws: EventStoreError.self) {
                for column in NumberColumn.allCases {
                    try store.readNumbers(column, EventSelection(rows: 0..<200_000)) { _ in }
                }
            }
            #expect(!store.isOpen)
            #expect(try store.reopen().rows == 0)
        }
        #expect(throws: EventStoreError.self, "rows that are not back yet are not left out") {
            try store.readNumbers(.user, EventSelection(rows: 0..<200_000)) { _ in }
        }
        try store.append(batches)
        var count = 0
        try store.readNumbers(.user, EventSelection(rows: 0..<200_000)) { count += $0.count }
        #expect(count == 200_000)
        #expect(try aside(folder.url).count == 1)
    }

    @Test("a closed store lets go of its file, and fails")
    func closed() throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appendingPathComponent("events.duckdb")
        let store = try DuckDBEventStore(path: file.path)
        try store.append([named])
        store.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["events.duckdb"])
        #expect(throws: EventStoreError.self) { try store.append([batch(2, events: 1, from: 0)]) }
        #expect(throws: EventStoreError.self) { _ = try store.eventTypes() }
        #expect(throws: EventStoreError.self) { _ = try store.reopen() }
        #expect(try DuckDBEventStore(path: file.path).eventTypes().count == named.eventTypes.count)
    }

    @Test("a file that another process has open is left alone")
    func inUse() throws {
        let folder = try TemporaryFolder().made()
        let file = folder.url.appendingPathComponent("events.duckdb")
        do { try DuckDBEventStore(path: file.path).append([named]) }
        // `flock` would not do: DuckDB's lock is that of `fcntl`.
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script =
            "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f,fcntl.LOCK_EX); print('!',end='',flush=True)"
        holder.arguments = ["python3", "-c", script + "; sys.stdin.read()", file.path]
        let (input, output) = (Pipe(), Pipe())
        (holder.standardInput, holder.standardOutput) = (input, output)
        try holder.run()
        defer {
            try? input.fileHandleForWriting.close()
            holder.waitUntilExit()
        }
        #expect(output.fileHandleForReading.availableData == Data("!".utf8))
        let before = try Data(contentsOf: file)
        #expect(throws: EventStoreError.self) { try DuckDBEventStore(path: file.path) }
        #expect(try Data(contentsOf: file) == before)
    }

    @Test("the view for people has every insert id as it was sent, large batches and small ones alike")
    func eventLog() throws {
        let folder = try TemporaryFolder().made()
        let uuid = "67c5f0d4-1b7e-4b7e-8b7e-0123456789ab"
        do {
            let store = try StoreKind.duckDBFile.make(folder)
            var log = [named]
            for sequence in 2...60 { log.append(batch(Int64(sequence), events: 100, from: Int(sequence) * 100)) }
            var last = batch(61, events: 50_000, from: 10_000)
            var events = Array(last.events)
            events[49_999].insertID = uuid
            events[49_998].insertID = nil
            last.events = StoredEvents(events)
            try store.append(log + [last])
        }
        let connection = try Connection(
            Database(.file(folder.url.appendingPathComponent("events.duckdb").path))
        )
        func count(_ condition: String) throws -> Int64? {
            try connection.scalar("SELECT count(*) FROM event_log WHERE \(condition)")
        }
        #expect(try count("true") == 55_900)
        #expect(try count("insert_id = '\(uuid)'") == 1)
        let texts = (200..<6_100).count { $0 % 4 != 0 } + (10_000..<59_998).count { $0 % 4 != 0 }
        #expect(try count("insert_id LIKE 'insert %'") == Int64(texts))
        #expect(try count("insert_id = 'insert ' || (epoch_ms(time)::BIGINT * -1 + 10000)") == Int64(texts))
        let late: Int64? = try connection.scalar("SELECT count(*) FROM events WHERE received_time = 61000")
        #expect(late == 50_000, "each batch keeps when it was received")
    }
}
