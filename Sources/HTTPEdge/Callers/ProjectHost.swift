public import EventModel
public import Hummingbird
public import Ingestion
public import QueryExecution
public import Storage

/// Where the API finds projects.
public protocol ProjectHost: Sendable {
    /// The project whose API key this is; `nil` if there is none.
    func project(withAPIKey key: String) async -> HostedProject?
}

extension ProjectHost {
    /// The project whose two keys a request carries. The API key alone reads nothing: it is public.
    public func project(authorizedBy request: Request) async -> HostedProject? {
        guard let keys = BasicCredentials(request.headers[.authorization]),
            let hosted = await project(withAPIKey: keys.name)
        else { return nil }
        if keys.password.isSameSecret(as: hosted.project.secretKey) { return hosted }
        let old = hosted.project.oldKeys(.secret, at: hosted.now())
        guard old.contains(where: { keys.password.isSameSecret(as: $0.key) }) else { return nil }
        hosted.noteOldKey(.secret)
        return hosted
    }
}

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
    /// Is told when a request brings a key that was replaced and still works.
    public var noteOldKey: @Sendable (OldKey.Kind) -> Void

    public init(
        project: Project,
        record: any ProjectRecord,
        writer: ProjectWriter,
        queries: any Answering,
        people: PeopleEngine,
        now: @escaping @Sendable () -> Timestamp,
        limits: QueryLimits = QueryLimits(nil),
        noteOldKey: @escaping @Sendable (OldKey.Kind) -> Void = { _ in }
    ) {
        self.project = project
        self.record = record
        self.writer = writer
        self.queries = queries
        self.now = now
        self.limits = limits
        self.people = people
        self.noteOldKey = noteOldKey
    }
}
