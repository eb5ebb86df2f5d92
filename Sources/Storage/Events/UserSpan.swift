public import EventModel

/// When a user was there.
public struct UserSpan: Equatable, Sendable {
    public var user: UserKey
    /// Of the first and the last event by time; `nil` if there are only events of the types that were left out.
    public var first: Timestamp?
    public var last: Timestamp?
    /// The user's row that was stored last, of whatever type.
    public var lastRow: Int
    /// The device of the latest row by time, of whatever type.
    public var lastDeviceID: String?

    public init(user: UserKey, first: Timestamp?, last: Timestamp?, lastRow: Int, lastDeviceID: String?) {
        self.user = user
        self.first = first
        self.last = last
        self.lastRow = lastRow
        self.lastDeviceID = lastDeviceID
    }
}
