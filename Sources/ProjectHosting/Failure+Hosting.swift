import HTTPEdge

/// Clients throw events away when they hear that a key is wrong; so whoever cannot tell says so.
/// Source: Documentation/http.md H3.
extension Failure {
    static let listUnreadable = Failure(
        .unavailable,
        "projects_unreadable",
        "The server cannot tell at the moment whose key this is; its log says why. Try again.",
        retryAfter: .seconds(10)
    )

    static let projectUnavailable = Failure(
        .unavailable,
        "project_unavailable",
        "The project cannot be opened at the moment; the server's log says why. Try again.",
        retryAfter: .seconds(10)
    )
}
