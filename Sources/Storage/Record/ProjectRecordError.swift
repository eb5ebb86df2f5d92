/// The record could not do what was asked; nothing was changed. `message` is for the log, not for callers: sentences that
/// say what to do where that is known.
public struct ProjectRecordError: Error, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Nothing can be read or written at the moment.
        case unavailable
        /// What is there is not what was written.
        case damaged
        /// What was to be written contradicts what is there, or is too large; something else can be written.
        case refused
        /// A newer version wrote it.
        case newerVersion
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
