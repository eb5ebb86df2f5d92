/// A question that takes the selected events of some people after another, and can be merged with others of its kind.
public protocol EventFold: Sendable {
    /// Whether it tells by their types alone which events it means: then it gets people whose events are not selected, and
    /// sets of those that it may mean.
    var selectsByType: Bool { get }

    /// Adds the events of some people, all there are of each.
    mutating func add(_ events: ScannedEvents)

    /// Takes in another fold of the same question over other people.
    mutating func merge(_ other: Self)
}

extension EventFold {
    public var selectsByType: Bool { false }
}
