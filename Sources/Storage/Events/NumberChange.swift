public import EventModel

/// From this event on, named by its number in the order of arrival, a user's events have this number in a column.
public struct NumberChange: Equatable, Sendable {
    public var row: Int
    public var user: UserKey
    public var number: Int32

    public init(row: Int, user: UserKey, number: Int32) {
        self.row = row
        self.user = user
        self.number = number
    }
}
