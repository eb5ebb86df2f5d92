public import EventModel
public import JSONTape

/// The members of a JSON object in a body, read one by one: what cannot be meant is refused by name.
///
/// Of what may be left out, a member that was not sent is `nil`, and one that is null `.some(nil)`, which takes a value away.
public struct SentObject {
    public let root: JSONValue

    /// - Parameter root: an object, such as one in a list of a body.
    public init(root: JSONValue) {
        self.root = root
    }

    /// Lends a body's object.
    ///
    /// - Parameter example: a valid body, for the sentence that refuses another.
    /// - Throws: a ``Failure`` if it is no JSON object, or what `body` throws.
    public static func read<Value>(
        _ bytes: [UInt8],
        example: String,
        _ body: (SentObject) throws -> Value
    ) throws -> Value {
        do {
            return try JSONDocument.withRoot(of: bytes) { root in
                guard root.kind == .object else { throw Failure.noObject(example) }
                return try body(SentObject(root: root))
            }
        } catch is JSONSyntaxError {
            throw Failure.noObject(example)
        }
    }

    /// A text of some characters.
    public func text(
        _ name: StaticString,
        characters: ClosedRange<Int>,
        example: String
    ) throws(Failure) -> String?? {
        guard let value = root[name] else { return nil }
        if value.isNull { return .some(nil) }
        guard let text = value.string else {
            throw .member(name, "must be a text, such as \"\(example)\".")
        }
        guard characters.contains(text.count) else {
            let bounds = characters.lowerBound > 0 ? "\(characters.lowerBound) to " : "at most "
            throw .member(name, "must have \(bounds)\(characters.upperBound) characters.")
        }
        if text.utf8.contains(0) { throw .member(name, "must not hold U+0000.") }
        return text
    }

    /// A text that must be there.
    public func requiredText(
        _ name: StaticString,
        characters: ClosedRange<Int>,
        example: String
    ) throws(Failure) -> String {
        guard let text = try optionalText(name, characters: characters, example: example) else {
            throw .missing("\(name)", example: "\"\(name)\":\"\(example)\"")
        }
        return text
    }

    /// A text of which null says no more than if it were not sent.
    public func optionalText(
        _ name: StaticString,
        characters: ClosedRange<Int>,
        example: String
    ) throws(Failure) -> String? {
        try text(name, characters: characters, example: example) ?? nil
    }

    /// A moment in ISO 8601.
    public func moment(_ name: StaticString) throws(Failure) -> Timestamp?? {
        guard let value = root[name] else { return nil }
        if value.isNull { return .some(nil) }
        guard let text = value.string, let time = Timestamp(iso8601: text) else {
            throw .member(name, "must be a moment in ISO 8601, such as \"2026-06-15T09:30:00Z\".")
        }
        return time
    }

    /// `nil` also if it is null.
    public func flag(_ name: StaticString) throws(Failure) -> Bool? {
        guard let value = root[name], !value.isNull else { return nil }
        guard let flag = value.bool else { throw .member(name, "must be true or false.") }
        return flag
    }
}

extension Failure {
    fileprivate static func noObject(_ example: String) -> Failure {
        Failure(.malformed, "body_malformed", "The body must be a JSON object, such as \(example).")
    }

    /// A member of a body is not what it must be.
    ///
    /// - Parameter rest: of the sentence that begins with its name.
    public static func member(_ name: StaticString, _ rest: String) -> Failure {
        Failure(.malformed, "parameter_malformed", "\(name) \(rest)", field: "\(name)")
    }

    /// A member of a body, or a parameter, that must be there is not.
    public static func missing(_ name: String, example: String) -> Failure {
        Failure(.malformed, "parameter_missing", "\(name) is required, such as \(example).", field: name)
    }
}
