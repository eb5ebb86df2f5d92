public import EventModel

extension EventContext {
    /// Reads what ``write(to:)`` has written; unknown fields are left out.
    public init(_ json: JSONValue) {
        self.init()
        for (key, value) in json.members {
            if let field = ContextField(name: key.string) { self[field] = value.string }
        }
    }
}
