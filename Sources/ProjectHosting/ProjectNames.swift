import EventModel

/// What the projects were called since the server started: under these names they are measured.
struct ProjectNames {
    /// By project.
    private var names: [Int64: Set<String>] = [:]

    /// - Returns: what projects were called that are gone, and none of those that stay.
    mutating func note(_ projects: [Project]) -> Set<String> {
        let ids = Set(projects.map(\.id))
        let gone = names.filter { !ids.contains($0.key) }
        for id in gone.keys { names[id] = nil }
        // One that is new may have the name of one that is gone: it begins with nothing.
        let over = Set(gone.values.joined()).subtracting(names.values.joined())
        for project in projects { names[project.id, default: []].insert(project.name) }
        return over
    }
}
