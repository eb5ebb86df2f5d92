/// What somebody may do in a project; each role may also do what those before it may.
public enum Role: Int, Comparable, Sendable {
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
    var name: String {
        switch self {
        case .viewer: "Viewer"
        case .editor: "Editor"
        case .admin: "Admin"
        case .platform: "Platform"
        }
    }
}
