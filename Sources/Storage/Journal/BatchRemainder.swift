/// What is left of a batch that events have left since it was committed. An event's number in the order of arrival counts
/// those that are gone, so it stays what it was.
public struct BatchRemainder: Equatable, Sendable {
    /// How many events the batch had.
    public var committed: Int
    /// Of each event that is left: its place among those, ascending.
    public var places: [Int32]

    public init(committed: Int, places: [Int32]) {
        self.committed = committed
        self.places = places
    }
}
