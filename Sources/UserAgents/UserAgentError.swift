/// The patterns of user agents cannot be used. `message` says why, and what to do.
public struct UserAgentError: Error, Equatable, CustomStringConvertible {
    public var message: String

    public var description: String { message }
}
