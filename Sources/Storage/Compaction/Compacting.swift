public import EventModel

/// Takes out of a project's files what is to leave them: at most one run at a time, beside everything else.
public protocol Compacting: Sendable {
    /// Begins a run, unless one is under way.
    ///
    /// - Parameters:
    ///   - endsGraces: whether all who are to be deleted go now, also those whose deletion could still be cancelled.
    ///   - isMeant: whether days leave that would wait for somebody who means it.
    func begin(endingGraces endsGraces: Bool, meaningIt isMeant: Bool)

    var status: CompactionStatus { get }

    /// How long events are kept.
    func keeping() async throws -> Keeping
    /// What would leave if so many days were kept.
    func departures(keeping days: KeptDays) async throws -> Departures
    /// From now on so many days are kept; a run begins if something is to leave.
    ///
    /// - Parameter confirmed: up to which cut somebody was shown what leaves, and meant it; `nil` if nobody was.
    func keep(_ days: KeptDays?, confirming confirmed: Timestamp?) async throws
}

/// What leaves with a cut.
public struct Departures: Equatable, Sendable {
    public var cut: Timestamp
    public var departing: DepartingEvents

    public init(cut: Timestamp, _ departing: DepartingEvents) {
        self.cut = cut
        self.departing = departing
    }
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
    /// What waits for somebody who means it, as the last run found; `nil` if nothing does.
    public var held: HeldDeparture?

    public init() {}
}
