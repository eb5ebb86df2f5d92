/// The store could not do what was asked. `message` is for the log, not for callers, except that of `tooLarge`.
public struct EventStoreError: Error, CustomStringConvertible {
    public enum Code: String, Sendable { case unavailable, cancelled, outOfSequence, tooLarge, aheadOfJournal }
    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "the event store failed (\(code.rawValue)): \(message)" }
}
