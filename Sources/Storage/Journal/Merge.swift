public import EventModel

/// From now on, for every query, the events of `from` are events of `into`.
public struct Merge: Equatable, Sendable {
    /// Raw value: its word on disk.
    public enum Cause: String, Sendable {
        /// A known user sent from a device whose anonymous id nobody had claimed.
        case login
        /// `/usermap`: two users are to count as one. Source: Documentation/events-and-identity.md E30.
        case mapping
        /// Takes back the merge of `from`, whatever it was into; `into` is `from` itself.
        case unmapping
    }

    public var from: UserKey
    public var into: UserKey
    /// The time of the event that caused it.
    public var time: Timestamp
    public var cause: Cause

    public init(from: UserKey, into: UserKey, time: Timestamp, cause: Cause) {
        self.from = from
        self.into = into
        self.time = time
        self.cause = cause
    }
}

extension Merge {
    /// In the place of a merge of people who are gone: it says nothing of anybody.
    public static let nothing = Merge(
        from: .nobody,
        into: .nobody,
        time: Timestamp(milliseconds: 0),
        cause: .unmapping
    )
}
