/// What a look at all projects found.
public struct HouseHealth: Equatable, Sendable {
    /// What keeps the server from taking or answering, for some project at least, as sentences; `nil` if nothing does.
    public var problem: String?
    /// What is worse than it should be, while everything is taken: a sentence each.
    public var warnings: [String] = []

    public init() {}

    mutating func add(problem sentence: String) {
        problem = problem.map { "\($0) \(sentence)" } ?? sentence
    }
}
