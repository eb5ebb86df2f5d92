/// A parameter that cannot be understood. `message` is shown to the caller: it names the parameter and a valid value.
public struct QueryParameterError: Error, Hashable, Sendable {
    /// Stable: callers may rely on it. Messages may improve.
    public enum Code: String, Sendable { case missing, malformed, outOfRange, unknown, unsupported }

    public var code: Code
    public var parameter: String
    public var message: String

    public init(_ code: Code, _ parameter: String, _ message: String) {
        self.code = code
        self.parameter = parameter
        self.message = message
    }

    public static func malformed(_ parameter: String, _ message: String) -> QueryParameterError {
        QueryParameterError(.malformed, parameter, message)
    }

    public static func unsupported(_ parameter: String, _ message: String) -> QueryParameterError {
        QueryParameterError(.unsupported, parameter, message)
    }
}
