/// Event types with a meaning of their own. Source: Documentation/events-and-identity.md E9, E33.
public enum EventNames {
    /// Changes a person's properties; no activity.
    public static let identify = "$identify"
    /// Changes a group's properties; no activity, and perhaps nobody's.
    public static let groupIdentify = "$groupidentify"

    /// Whether events of this type are something that somebody did.
    public static func isActivity(_ type: String) -> Bool {
        type != identify && type != groupIdentify
    }
}
