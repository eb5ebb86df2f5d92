/// Takes out of a project's files what is to leave them: at most one run at a time, beside everything else.
public protocol Compacting: Sendable {
    /// Begins a run, unless one is under way.
    ///
    /// - Parameter endsGraces: whether all who are to be deleted go now, also those whose deletion could still be cancelled.
    func begin(endingGraces endsGraces: Bool)

    var status: CompactionStatus { get }
}

/// How far a run is, or what came of the last one.
public struct CompactionStatus: Equatable, Sendable {
    public enum Step: String, Sendable {
        /// What leaves is looked for in the journal.
        case looking
        /// The journal is written anew.
        case rewriting
        /// The columns are made anew.
        case columns
        /// Free places are overwritten.
        case wiping
    }

    public enum Outcome: Equatable, Sendable {
        /// There was something to be taken out, or nothing.
        case done(CompactionReceipt)
        /// It is tried again.
        case failed(String)
    }

    /// `nil` if none is under way.
    public var step: Step?
    /// Of the step's work, in no unit.
    public var done = 0
    public var total = 0
    /// Counts the runs that are over.
    public var runs = 0
    /// What came of the last one; `nil` if there was none.
    public var outcome: Outcome?

    public init() {}
}
