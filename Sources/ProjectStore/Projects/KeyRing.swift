public import EventModel

/// Which project an API key is for: those of now, and those that were replaced and still work.
public struct KeyRing: Sendable {
    private var current: [String: Project] = [:]
    private var old: [String: (project: Project, endsAt: Timestamp)] = [:]

    public init(_ projects: [Project] = []) {
        for project in projects {
            current[project.apiKey] = project
            for key in project.oldKeys where key.kind == .api { old[key.key] = (project, key.endsAt) }
        }
    }

    /// The project, and whether the key is one that it should not be asked with any more.
    public func project(withAPIKey key: String, at now: Timestamp) -> (project: Project, isOldKey: Bool)? {
        if let project = current[key] { return (project, false) }
        guard let found = old[key], now < found.endsAt else { return nil }
        return (found.project, true)
    }
}
