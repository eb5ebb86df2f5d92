import EventModel
import Foundation
import GRDB
import SQLiteFiles
import Storage
import TestSupport
import Testing

@testable import ProjectStore

/// What may happen to a record's files while no server runs.
private enum Harm: String, CaseIterable {
    case gone, emptied, cutToOneByte, cutInHalf, lastPageMissing, replacedByText, replacedByFolder, anotherProjects
    case olderCopy, newerVersion
}

@Suite("A record that is not what it was", .serialized)
struct RecordHarmTests {
    private let folder = TemporaryFolder()
    private var file: URL { folder.url.appendingPathComponent("project.sqlite") }

    /// Opens the record, adds batches to it, and closes it.
    @discardableResult
    private func fill(_ folder: URL, batches: Int = 1) throws -> RecordID {
        let record = try ProjectDatabase(folder: folder)
        for _ in 0..<batches {
            _ = try record.commit(RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0))))
        }
        record.close()
        return record.id
    }

    private func harm(_ harm: Harm, id: RecordID) throws {
        let whole = try Data(contentsOf: file)
        switch harm {
        case .gone: try FileManager.default.removeItem(at: file)
        case .emptied: try Data().write(to: file)
        case .cutToOneByte: try whole.prefix(1).write(to: file)
        case .cutInHalf: try whole.prefix(whole.count / 2).write(to: file)
        case .lastPageMissing: try whole.dropLast(4_096).write(to: file)
        case .replacedByText: try Data("x".utf8 + Array(repeating: 10, count: 9_999)).write(to: file)
        case .replacedByFolder:
            try FileManager.default.removeItem(at: file)
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
        case .anotherProjects:
            let other = TemporaryFolder()
            try fill(other.url, batches: 5)
            try Data(contentsOf: other.url.appendingPathComponent("project.sqlite")).write(to: file)
        case .olderCopy:
            try fill(folder.url, batches: 2)
            try whole.write(to: file)
        case .newerVersion:
            let queue = try DatabaseQueue(path: file.path)
            try queue.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('v99-future')") }
            try queue.close()
        }
    }

    @Test(
        "is refused with a sentence, stays as it is, and is taken again once the true one is back",
        arguments: Harm.allCases
    )
    private func refused(kind: Harm) throws {
        let id = try fill(folder.url)
        let whole = try Data(contentsOf: file)
        try harm(kind, id: id)
        let harmed = try? Data(contentsOf: file)
        for expected in [id, nil] {
            let error = #expect(throws: ProjectRecordError.self) {
                _ = try ProjectDatabase(folder: folder.url, expecting: expected)
            }
            #expect(error?.code == (kind == .newerVersion ? .newerVersion : .damaged), "\(error as Any)")
            let advice = kind == .newerVersion ? "newer version" : "estore"
            #expect(error?.message.contains(advice) == true, "\(error as Any)")
        }
        #expect((try? Data(contentsOf: file)) == harmed)
        try? FileManager.default.removeItem(at: file)
        try whole.write(to: file)
        if kind == .olderCopy { try FileManager.default.removeItem(at: RecordMark.file(folder.url)) }
        let record = try ProjectDatabase(folder: folder.url, expecting: id)
        #expect(try record.lastSequence() == JournalSequence(1))
        record.close()
    }

    @Test("without its write-ahead log it is refused, as batches are missing that were stored")
    func logGone() throws {
        let copy = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        _ = try record.commit(RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0))))
        // As after a kill.
        try FileManager.default.copyItem(at: folder.url, to: copy.url)
        record.close()
        let log = copy.url.appendingPathComponent("project.sqlite-wal")
        let kept = try Data(contentsOf: log)
        try FileManager.default.removeItem(at: log)
        try? FileManager.default.removeItem(at: copy.url.appendingPathComponent("project.sqlite-shm"))
        #expect(throws: ProjectRecordError.self) { _ = try ProjectDatabase(folder: copy.url, expecting: record.id) }
        try kept.write(to: log)
        let again = try ProjectDatabase(folder: copy.url, expecting: record.id)
        #expect(try again.lastSequence() == JournalSequence(1))
        again.close()
    }

    @Test("a crash amid a checkpoint, whose last pages are in the log alone, is no harm")
    func checkpointBegun() throws {
        let file = folder.url.appendingPathComponent("x.sqlite")
        _ = try folder.made()
        let pool = try DatabasePool.durable(at: file)
        try pool.write { db in try db.execute(sql: "CREATE TABLE x (a)") }
        try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try pool.write { db in try db.execute(sql: "INSERT INTO x VALUES (zeroblob(20000))") }
        // What the checkpoint would write first: the head, which counts pages that are only in the log yet.
        var bytes = try Data(contentsOf: file)
        let log = try Data(contentsOf: URL(fileURLWithPath: file.path + "-wal"))
        let frames = Array(stride(from: 32, to: log.count, by: 24 + 4_096))
        let last = try #require(frames.last { frame in log[frame..<frame + 4].elementsEqual([0, 0, 0, 1]) })
        let page = log[(last + 24)..<(last + 24 + 4_096)]
        bytes.replaceSubrange(0..<4_096, with: page)
        #expect(bytes[31] > UInt8(bytes.count / 4_096), "the head counts more pages than the file has")
        let copy = folder.url.appendingPathComponent("y.sqlite")
        try bytes.write(to: copy)
        #expect(throws: (any Error).self, "without the log, pages are missing") {
            try DatabaseFile(url: copy).read { _ in }
        }
        try log.write(to: URL(fileURLWithPath: copy.path + "-wal"))
        var length: Int?
        try DatabaseFile(url: copy).read { db in length = try Int.fetchOne(db, sql: "SELECT length(a) FROM x") }
        #expect(length == 20_000)
        try pool.close()
    }

    @Test("a mark that says nothing, or was never written, is no harm", arguments: ["", "record", nil] as [String?])
    func noMark(text: String?) throws {
        let id = try fill(folder.url)
        let mark = RecordMark.file(folder.url)
        #expect(RecordMark(in: folder.url) == RecordMark(id, JournalSequence(1)))
        if let text { try Data(text.utf8).write(to: mark) } else { try FileManager.default.removeItem(at: mark) }
        try ProjectDatabase(folder: folder.url, expecting: id).close()
        #expect(RecordMark(in: folder.url) == RecordMark(id, JournalSequence(1)))
    }

    @Test("the mark follows every commit")
    func markFollows() throws {
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(RecordMark(in: folder.url) == RecordMark(record.id, JournalSequence.none))
        for number in 1...12 {
            _ = try record.commit(RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0))))
            #expect(RecordMark(in: folder.url) == RecordMark(record.id, JournalSequence(Int64(number))))
        }
    }

    @Test(
        "a record that was cut after a kill is refused, unless its log has what is missing",
        // More than a page: GRDB writes the end of the schema as it opens a file, and that may be the file's end.
        arguments: [4_097, 20_480]
    )
    func cutBesideItsLog(bytes: Int) throws {
        let copy = TemporaryFolder()
        try fill(folder.url)
        let record = try ProjectDatabase(folder: folder.url)
        _ = try record.commit(RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0))))
        try FileManager.default.copyItem(at: folder.url, to: copy.url)
        record.close()
        let cut = copy.url.appendingPathComponent("project.sqlite")
        let whole = try Data(contentsOf: cut)
        try whole.dropLast(bytes).write(to: cut)
        let error = #expect(throws: ProjectRecordError.self) { _ = try ProjectDatabase(folder: copy.url) }
        #expect(error?.code == .damaged)
        try whole.write(to: cut)
        let again = try ProjectDatabase(folder: copy.url)
        #expect(try again.lastSequence() == JournalSequence(2))
        again.close()
    }

    @Test("where a record was, no new one is made", arguments: ["project.sqlite-wal", "project.mark", "events.duckdb"])
    func remains(name: String) throws {
        _ = try folder.made()
        let remains = folder.url.appendingPathComponent(name)
        let text = name == "project.mark" ? "record 0123456789abcdef0123456789abcdef batch 7\n" : "what is left"
        for isEmptied in [false, true] {
            try Data(text.utf8).write(to: remains)
            if isEmptied { try Data().write(to: file) }
            let error = #expect(throws: ProjectRecordError.self) { _ = try ProjectDatabase(folder: folder.url) }
            #expect(error?.code == .damaged)
            #expect(try Data(contentsOf: remains) == Data(text.utf8))
            #expect(FileManager.default.fileExists(atPath: file.path) == isEmptied)
        }
    }

    @Test("one that is moved away or replaced while it is open is told so")
    func moved() throws {
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        try record.checkPlace()
        let away = folder.url.appendingPathComponent("away")
        try FileManager.default.moveItem(at: file, to: away)
        #expect(throws: ProjectRecordError.self) { try record.checkPlace() }
        try Data("another".utf8).write(to: file)
        #expect(throws: ProjectRecordError.self) { try record.checkPlace() }
        try FileManager.default.removeItem(at: file)
        try FileManager.default.moveItem(at: away, to: file)
        try record.checkPlace()
    }

    @Test("closing leaves everything in one file, and none of the files is anybody else's to read")
    func closed() throws {
        let record = try ProjectDatabase(folder: folder.url)
        _ = try record.commit(RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0))))
        let names = ["project.sqlite", "project.sqlite-wal", "project.sqlite-shm", "project.mark"]
        for name in names {
            let path = folder.url.appendingPathComponent(name).path
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
        }
        record.close()
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(Set(left).isSubset(of: ["project.sqlite", "project.mark"]), "\(left)")
    }
}
