import HTTPEdge

extension [Endpoint] {
    /// What Amplitude has, and this server will have, beside the Dashboard API proper. Each goes when it is built.
    static let dashboardToCome: [Endpoint] = [
        .notBuilt(.post, at: "/api/3/cohorts", "Makes a cohort by rule."),
        .notBuilt(.get, at: "/api/3/chart/{id}/query", "Asks a saved chart."),
        .notBuilt(.get, at: "/api/3/chart/{id}/csv", "Asks a saved chart, and answers with a table."),
    ]
}
