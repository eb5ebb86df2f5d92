public import EventModel
public import Foundation
public import HTTPEdge
public import Ingestion
public import Logging
public import Storage

/// Opens the store of a project's events; called off the cooperative pool, as it blocks.
///
/// - Parameters:
///   - folder: the project's own.
///   - committed: how far the project's journal goes.
public typealias StoreOpening =
    @Sendable (_ project: Project, _ folder: URL, _ committed: JournalSequence) throws -> any EventStore & PeopleStore
    & ArrivalStore

/// What all projects of a server have in common.
public struct HostingSettings: Sendable {
    /// Bytes for each project's columns; a quarter of the machine's memory if left out.
    public var columnMemory: Int?
    /// How much each device and user of each project may send; an endpoint that is not named has no limits.
    public var rates: [IngestionEndpoint: RateLimits] = [:]
    /// Milliseconds on a clock that never goes back, for ``rates``.
    public var uptime: @Sendable () -> Int64 = { EventGate.systemUptimeMs }
    /// `nil` for no limits.
    public var queryLimits: QueryLimitRules?
    /// So long a deletion of a person can be cancelled.
    public var deletionGrace = Duration.seconds(86_400)
    /// Whether so little room is left that nothing more may be taken.
    public var isDiskFull: @Sendable () -> Bool = { false }
    /// How long a few events wait for more before the store gets them, and how long it is until that is tried again.
    public var moment = Duration.seconds(5)
    /// Tells the log what is refused; nobody does if left out.
    public var refusals: RefusalSummary?
    /// Is told what a deleted project was called: nothing that was measured of it is shown any more.
    public var forgetFigures: @Sendable (_ project: String) -> Void = { _ in }
    /// The server's clock.
    public var now: @Sendable () -> Timestamp
    public var openStore: StoreOpening
    /// `nil` if columns cannot be made anew beside those that are in use: then nothing can leave a project.
    public var openNextStore: NextStoreOpening?
    public var logger: Logger

    public init(openStore: @escaping StoreOpening, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.openStore = openStore
        self.now = now
        self.logger = logger
    }
}
