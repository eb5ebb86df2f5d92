/// What somebody may do in a project; each role may also do what those before it may.
public enum Role: Int, Comparable, CaseIterable, Sendable {
    /// Asks.
    case viewer
    /// Makes and changes what is their own.
    case editor
    /// Changes everybody's things, keys and settings.
    case admin
    /// The same in all projects.
    case platform

    public static func < (lhs: Role, rhs: Role) -> Bool { lhs.rawValue < rhs.rawValue }

    /// As people read it.
    public var name: String {
        switch self {
        case .viewer: "Viewer"
        case .editor: "Editor"
        case .admin: "Admin"
        case .platform: "Platform"
        }
    }

    /// As programs write it: `viewer`.
    public var word: String { name.lowercased() }

    public init?(word: some StringProtocol) {
        guard let role = Self.allCases.first(where: { $0.word == word.lowercased() }) else { return nil }
        self = role
    }
}
