public import EventModel
public import Ingestion
public import QueryExecution
public import Storage

/// Where the API finds projects.
public protocol ProjectHost: Sendable {
    /// The project whose API key this is; `nil` if there is none.
    func project(withAPIKey key: String) async -> HostedProject?
}

/// A project, open for work.
public struct HostedProject: Sendable {
    public var project: Project
    public var record: any ProjectRecord
    public var writer: ProjectWriter
    public var queries: QueryEngine

    public init(project: Project, record: any ProjectRecord, writer: ProjectWriter, queries: QueryEngine) {
        self.project = project
        self.record = record
        self.writer = writer
        self.queries = queries
    }
}
