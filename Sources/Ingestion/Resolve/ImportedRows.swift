import EventModel
import Foundation
import Storage

/// What stands for all rows that were ever imported. Read from the record when something is imported for the first time.
struct ImportedRows {
    private let record: any ProjectRecord
    private var isRead = false
    /// Without a limit of time: everything was accepted at one moment.
    private var known: DedupeWindow

    private static let always = Timestamp(milliseconds: 0)

    /// - Parameter folder: where files may be put.
    init(_ record: any ProjectRecord, folder: URL) {
        self.record = record
        known = DedupeWindow(folder: folder)
    }

    mutating func contains(_ fingerprint: Fingerprint) throws(ProjectRecordError) -> Bool {
        if !isRead {
            var known = known
            try record.readImportedRows { fingerprints throws(ProjectRecordError) in
                for fingerprint in fingerprints { try known.insert(fingerprint, at: Self.always) }
            }
            self.known = known
            isRead = true
        }
        return try known.contains(fingerprint, at: Self.always)
    }

    /// - Precondition: something was looked for before.
    mutating func insert(_ fingerprint: Fingerprint) throws(ProjectRecordError) {
        precondition(isRead)
        try known.insert(fingerprint, at: Self.always)
    }
}
