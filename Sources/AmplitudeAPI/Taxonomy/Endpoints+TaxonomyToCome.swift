import HTTPEdge

extension [Endpoint] {
    /// What Amplitude's tracking plan has beside event types. Each goes when it is built.
    static let taxonomyToCome: [Endpoint] = [("event", "events"), ("user", "users"), ("group", "groups")].flatMap {
        let path = "/api/2/taxonomy/\($0)-property"
        let one = "\(path)/{property}"
        return [
            Endpoint.notBuilt(.post, at: path, "Plans a property of \($1)."),
            .notBuilt(.get, at: path, "All properties of \($1)."),
            .notBuilt(.get, at: one, "One property of \($1)."),
            .notBuilt(.put, at: one, "Changes what is said of a property of \($1)."),
            .notBuilt(.delete, at: one, "Takes a property of \($1) out of the plan."),
            .notBuilt(.post, at: "\(one)/restore", "Brings a deleted property of \($1) back."),
        ]
    }
}
