/// The record could not do what was asked; nothing was changed. `message` is for the log, not for callers.
public struct ProjectRecordError: Error, CustomStringConvertible {
    public enum Code: String, Sendable { case unavailable, damaged }
    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "the project's record is \(code.rawValue): \(message)" }
}
