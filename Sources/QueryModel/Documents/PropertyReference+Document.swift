import EventModel

/// `event.NAME`, `user.NAME`, `either.NAME` for whichever of them there is, or the bare name of a built-in property.
extension PropertyReference: Codable {
    public init(from decoder: any Decoder) throws {
        let shape =
            "event.NAME, user.NAME, either.NAME, revenue, or one of \(BuiltInProperty.allCases.map(\.rawValue).joined(separator: ", "))"
        let text = try decoder.text(shape)
        guard let property = PropertyReference(documentName: text) else { throw decoder.malformed(shape) }
        self = property
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(documentName)
    }

    /// `nil` if it is the name of no property.
    public init?(documentName text: String) {
        if text == "revenue" {
            self = .revenue
        } else if text == "event_type" {
            self = .eventType
        } else if let name = text.after("context."), let field = ContextField(name: name) {
            self = .context(field)
        } else if let builtIn = BuiltInProperty(rawValue: text) {
            self = .builtIn(builtIn)
        } else if let name = text.after("event.") {
            self = .event(ExactText(name))
        } else if let name = text.after("user.") {
            self = .user(ExactText(name))
        } else if let name = text.after("either.") {
            self = .userOrEvent(ExactText(name))
        } else {
            return nil
        }
    }

    public var documentName: String {
        switch self {
        case .event(let name): "event.\(name.string)"
        case .user(let name): "user.\(name.string)"
        case .userOrEvent(let name): "either.\(name.string)"
        case .builtIn(let property): property.rawValue
        case .context(let field): "context.\(field.name)"
        case .eventType: "event_type"
        case .revenue: "revenue"
        }
    }
}

extension String {
    /// What follows a beginning; `nil` if it is another one, or nothing follows. Code points, so that no beginning merges
    /// with an accent after it.
    fileprivate func after(_ beginning: String) -> String? {
        guard utf8.starts(with: beginning.utf8), utf8.count > beginning.utf8.count else { return nil }
        return String(decoding: utf8.dropFirst(beginning.utf8.count), as: UTF8.self)
    }
}
