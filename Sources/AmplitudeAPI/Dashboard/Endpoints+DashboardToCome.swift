import HTTPEdge

extension [Endpoint] {
    /// What Amplitude has, and this server will have, beside the Dashboard API proper. Each goes when it is built.
    static let dashboardToCome: [Endpoint] = [
        .notBuilt(.get, at: "/api/3/lookup_table", "All look-up tables."),
        .notBuilt(.post, at: "/api/3/lookup_table", "Makes a look-up table of a CSV file."),
        .notBuilt(.get, at: "/api/3/lookup_table/{name}", "One look-up table."),
        .notBuilt(.put, at: "/api/3/lookup_table/{name}", "Replaces what is in a look-up table."),
        .notBuilt(.patch, at: "/api/3/lookup_table/{name}", "Adds to a look-up table."),
        .notBuilt(.delete, at: "/api/3/lookup_table/{name}", "Removes a look-up table."),
        .notBuilt(.get, at: "/api/3/lookup_table/{name}/csv", "A look-up table, as CSV."),
        .notBuilt(.get, at: "/api/2/lookup_table/{name}", "One look-up table."),
        .notBuilt(.post, at: "/api/2/lookup_table/{name}", "Makes a look-up table of a CSV file."),
        .notBuilt(.put, at: "/api/2/lookup_table/{name}", "Replaces what is in a look-up table."),
        .notBuilt(.patch, at: "/api/2/lookup_table/{name}", "Adds to a look-up table."),
        .notBuilt(.delete, at: "/api/2/lookup_table/{name}", "Removes a look-up table."),
        .notBuilt(.get, at: "/api/2/lookup_table/{name}/csv", "A look-up table, as CSV."),
    ]
}
