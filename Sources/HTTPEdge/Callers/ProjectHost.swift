public import EventModel

/// Where the APIs find projects.
public protocol ProjectHost: Sendable {
    /// The project whose API key this is; `nil` if there is none.
    ///
    /// - Throws: if it cannot be told, as the list of projects, or the project, cannot be read: a client that hears of a
    ///   wrong key throws its events away. Source: Documentation/http.md H3.
    func project(withAPIKey key: String) async throws(Failure) -> HostedProject?

    /// The project whose secret key this is; throws as above.
    func project(withSecretKey key: String) async throws(Failure) -> HostedProject?

    /// The project of that number; throws as above.
    func project(withID id: Int64) async throws(Failure) -> HostedProject?

    /// All that there are, oldest first; throws as above.
    func projects() async throws(Failure) -> [Project]

    /// Makes a project with fresh keys.
    func makeProject(_ name: String, _ timeZone: ProjectTimeZone) async throws(Failure) -> Project
}

/// Of a host that knows projects by their keys alone.
extension ProjectHost {
    public func project(withID id: Int64) async throws(Failure) -> HostedProject? { nil }
    public func projects() async throws(Failure) -> [Project] { [] }

    public func makeProject(_ name: String, _ timeZone: ProjectTimeZone) async throws(Failure) -> Project {
        throw .noAccounts
    }
}
