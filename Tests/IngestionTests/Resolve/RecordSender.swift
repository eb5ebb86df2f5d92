import EventModel
import ProjectStore
import Storage
import TestSupport

@testable import Ingestion

/// A resolver over a real record.
struct RecordSender {
    let folder = TemporaryFolder()
    let record: ProjectDatabase
    private var resolver: BatchResolver

    init() throws {
        record = try ProjectDatabase(folder: folder.url)
        resolver = try BatchResolver(record, folder: folder.url, now: Timestamp(milliseconds: 0))
    }

    /// Who comes after this has read everything from the record.
    mutating func forget() throws {
        resolver = try BatchResolver(record, folder: folder.url, now: Timestamp(milliseconds: 0))
    }

    mutating func add(_ events: String) throws -> RequestRefusal? {
        resolver.cut(at: try record.hiddenPeople().cut)
        return try resolver.add(try decoded(events), receivedAt: Timestamp(milliseconds: 0))
    }

    @discardableResult
    mutating func commit() throws -> RecordChange {
        let change = try resolver.takeChange(receivedAt: Timestamp(milliseconds: 0))
        _ = try record.commit(change)
        return change
    }
}
