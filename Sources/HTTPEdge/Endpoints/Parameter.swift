/// A parameter that an endpoint takes: what people and programs read of it.
public struct Parameter: Hashable, Sendable {
    public enum Place: String, Sendable {
        case query
        /// A part of the path, written `{name}` there.
        case path
        /// A field of a form, in the body or, where there is none, in the query string.
        case form
    }

    /// What its text must be.
    public enum Kind: Hashable, Sendable {
        case text
        case integer
        case number
        case flag
        /// `YYYYMMDD`, or with an hour, `YYYYMMDDTHH`.
        case day
        /// A moment in ISO 8601.
        case moment
        case choice([String])
        /// A JSON text.
        case json
    }

    public var name: String
    public var kind: Kind
    public var place: Place
    /// What it says, in a sentence.
    public var sentence: String
    /// What holds if it is not sent.
    public var standard: String?
    public var example: String
    public var isRequired: Bool
    public var mayRepeat: Bool

    public init(
        _ name: String,
        _ kind: Kind,
        in place: Place = .query,
        _ sentence: String,
        standard: String? = nil,
        example: String,
        isRequired: Bool = false,
        mayRepeat: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.place = place
        self.sentence = sentence
        self.standard = standard
        self.example = example
        self.isRequired = isRequired || place == .path
        self.mayRepeat = mayRepeat
    }

    /// The same, but it must be sent.
    public var required: Parameter {
        var parameter = self
        parameter.isRequired = true
        return parameter
    }
}
