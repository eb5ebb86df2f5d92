import EventModel
public import QueryModel

extension PropertyReference {
    /// - Parameter kind: `event` or `user`; `nil` for anything else.
    public init?(kind: String, name: String) {
        switch kind {
        case "event": self = .event(ExactText(name))
        case "user": self.init(userProperty: name)
        default: return nil
        }
    }

    /// A built-in property by its name, a custom one as `gp:name` or, if it is no built-in one's, by its bare name.
    public init(userProperty name: String) {
        if let builtIn = BuiltInProperty(requestName: name) {
            self = .builtIn(builtIn)
        } else {
            self = .user(ExactText(name.hasPrefix("gp:") ? String(name.dropFirst(3)) : name))
        }
    }

    /// As `g` and `p` name it: a bare name that no user has is that of an event property.
    public init(grouping name: String) {
        self.init(userProperty: name)
        if case .user(let own) = self, !name.hasPrefix("gp:") { self = .userOrEvent(own) }
    }
}
