/// A document that is no question, or one that cannot be asked. `message` is shown to the caller: it names the place and a
/// valid value.
public struct QuestionDocumentError: Error, Hashable, Sendable {
    /// Stable: callers may rely on it. Messages may improve.
    public enum Code: String, Sendable {
        case missing, unknown, malformed, outOfRange
        /// Documented, and not to be asked yet.
        case toCome
    }

    public var code: Code
    /// Where in the document, such as `segments[0].conditions[1].op`; empty for all of it.
    public var path: String
    public var message: String

    public init(_ code: Code, at path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }
}
