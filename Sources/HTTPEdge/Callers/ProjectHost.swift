/// Where the APIs find projects.
public protocol ProjectHost: Sendable {
    /// The project whose API key this is; `nil` if there is none.
    ///
    /// - Throws: if it cannot be told, as the list of projects, or the project, cannot be read: a client that hears of a
    ///   wrong key throws its events away. Source: Documentation/http.md H3.
    func project(withAPIKey key: String) async throws(Failure) -> HostedProject?

    /// The project whose secret key this is; throws as above.
    func project(withSecretKey key: String) async throws(Failure) -> HostedProject?
}
