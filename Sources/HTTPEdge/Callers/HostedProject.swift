public import EventExport
public import EventModel
public import Ingestion
public import QueryExecution
public import Storage

/// A project, open for work.
public struct HostedProject: Sendable {
    public var project: Project
    public var record: any ProjectRecord
    public var writer: ProjectWriter
    public var queries: any Answering
    /// The server's clock.
    public var now: @Sendable () -> Timestamp
    public var limits: QueryLimits
    public var people: PeopleEngine
    public var exports: EventExports
    /// `nil` where nothing can leave.
    public var compaction: (any Compacting)?
    /// So long a deletion of a person can be cancelled.
    public var deletionGrace: Duration
    /// Is told when a request brings a key that was replaced and still works.
    public var noteOldKey: @Sendable (OldKey.Kind) -> Void
    /// As long as somebody holds it, the project's files stay open.
    public var stay: (any Sendable)?

    public init(
        project: Project,
        record: any ProjectRecord,
        writer: ProjectWriter,
        queries: any Answering,
        people: PeopleEngine,
        exports: EventExports,
        compaction: (any Compacting)? = nil,
        now: @escaping @Sendable () -> Timestamp,
        limits: QueryLimits = QueryLimits(nil),
        deletionGrace: Duration = .seconds(86_400),
        noteOldKey: @escaping @Sendable (OldKey.Kind) -> Void = { _ in }
    ) {
        self.project = project
        self.record = record
        self.writer = writer
        self.queries = queries
        self.now = now
        self.limits = limits
        self.people = people
        self.exports = exports
        self.compaction = compaction
        self.deletionGrace = deletionGrace
        self.noteOldKey = noteOldKey
    }
}
