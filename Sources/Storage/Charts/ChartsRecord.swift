public import EventModel

/// The part of a project's record that keeps saved charts. Calls block.
public protocol ChartsRecord: Sendable {
    /// All, archived ones included, the newest first.
    func charts() throws(ProjectRecordError) -> [SavedChart]
    func chart(_ id: ExactText) throws(ProjectRecordError) -> SavedChart?

    /// Keeps a chart, in the place of the one that has its id.
    ///
    /// - Returns: false if there are ``SavedChart/most`` already.
    func save(_ chart: SavedChart) throws(ProjectRecordError) -> Bool
}
