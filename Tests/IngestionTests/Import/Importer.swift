import EventModel
import ProjectStore
import Storage
import TestSupport

@testable import Ingestion

/// Imports lines into a real record, and commits each call's.
struct Importer {
    let folder = TemporaryFolder()
    let record: ProjectDatabase
    private var resolver: BatchResolver
    private(set) var stored: [StoredEvent] = []
    private(set) var merges: [Merge] = []
    private(set) var users: [UserFact] = []

    init() throws {
        record = try ProjectDatabase(folder: folder.url)
        resolver = try BatchResolver(record, folder: folder.url, now: Timestamp(milliseconds: 0))
    }

    /// Who comes after this has read everything from the record.
    mutating func forget() throws {
        resolver = try BatchResolver(record, folder: folder.url, now: Timestamp(milliseconds: 0))
    }

    /// - Returns: why lines were not stored.
    @discardableResult
    mutating func add(
        _ lines: [String],
        as form: ImportForm = .rows,
        file: String = "file",
        at now: Int64 = 1_800_000_000_000
    ) throws -> (rejections: [ImportedLines.Rejection], counts: LedgerCounts) {
        let read = ImportDecoder(form, file: file, firstLine: 1).decode(Array(lines.joined(separator: "\n").utf8).span)
        return (read.rejections, try commit(read.batch, at: now))
    }

    /// An event that a client sends.
    @discardableResult
    mutating func send(_ event: String, at now: Int64 = 1_800_000_000_000) throws -> StoredEvent? {
        _ = try commit(try decoded(event), at: now)
        return stored.last
    }

    private mutating func commit(_ batch: IncomingBatch, at now: Int64) throws -> LedgerCounts {
        let now = Timestamp(milliseconds: now)
        resolver.cut(at: try record.hiddenPeople().cut)
        if let refusal = try resolver.add(batch, receivedAt: now) { throw refusal }
        let change = try resolver.takeChange(receivedAt: now)
        _ = try record.commit(change)
        stored += change.batch.events
        merges += change.batch.merges
        users += change.batch.users
        return resolver.added
    }
}

/// A row of an export, of which some fields are others.
func row(_ fields: [String: String] = [:]) -> String {
    var all = [
        "amplitude_id": "900000000001", "device_id": "\"phone\"", "event_type": "\"Play\"",
        "event_time": "\"2026-01-31 23:59:59.123000\"", "server_upload_time": "\"2026-02-01 00:00:01.500000\"",
        "uuid": "\"u-1\"",
    ]
    all.merge(fields) { $1 }
    return "{" + all.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
}
