/// A file of places cannot be used. `message` says why, and what to do.
public struct GeoDatabaseError: Error, Equatable, CustomStringConvertible {
    public var message: String

    public var description: String { message }
}
