public import EventModel

/// The part of a project's record that remembers which insert ids came in, and which rows were imported. Calls block.
public protocol FingerprintRecord: Sendable {
    /// Reads the fingerprints accepted since `time`, oldest first, a batch at a time.
    func readFingerprints(
        since time: Timestamp,
        _ body: (FingerprintBatch) throws(ProjectRecordError) -> Void
    ) throws(ProjectRecordError)

    /// Reads what stands for all rows that were ever imported, some at a time.
    func readImportedRows(
        _ body: ([Fingerprint]) throws(ProjectRecordError) -> Void
    ) throws(ProjectRecordError)
}
