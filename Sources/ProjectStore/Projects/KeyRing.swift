public import EventModel

/// Which project a key is of: those of now, and those that were replaced and still work.
public struct KeyRing: Sendable {
    /// A key as it is looked for: one kind is never taken for the other.
    private struct Key: Hashable {
        var kind: OldKey.Kind
        var text: String
    }

    private var current: [Key: Project] = [:]
    private var old: [Key: (project: Project, endsAt: Timestamp)] = [:]

    public init(_ projects: [Project] = []) {
        for project in projects {
            current[Key(kind: .api, text: project.apiKey)] = project
            current[Key(kind: .secret, text: project.secretKey)] = project
            for key in project.oldKeys { old[Key(kind: key.kind, text: key.key)] = (project, key.endsAt) }
        }
    }

    /// The project, and whether the key is one that it should not be asked with any more.
    public func project(
        with kind: OldKey.Kind,
        _ key: String,
        at now: Timestamp
    ) -> (project: Project, isOldKey: Bool)? {
        let key = Key(kind: kind, text: key)
        if let project = current[key] { return (project, false) }
        guard let found = old[key], now < found.endsAt else { return nil }
        return (found.project, true)
    }
}
