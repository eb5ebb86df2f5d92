/// One event, by its number in the order of arrival, and the session that it belongs to.
public struct EventPlace: Equatable, Sendable {
    public var row: Int
    /// -1 is "no session".
    public var sessionID: Int64

    public init(row: Int, sessionID: Int64) {
        self.row = row
        self.sessionID = sessionID
    }
}
