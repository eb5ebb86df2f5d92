public import EventModel

/// Events in the order in which they came, as exports tell them: each by its number in that order, which it keeps for ever.
/// So a run of numbers is the same each time, but for what has left the project since.
///
/// Calls block.
public protocol ArrivalStore: Sendable {
    /// The hours in which events were received, the first one first.
    ///
    /// - Parameter times: of receipt.
    func hours(receivedIn times: Range<Timestamp>) throws(EventStoreError) -> [ArrivalHour]

    /// Reads those events of a run of numbers for which a condition holds, in any order.
    ///
    /// Memory is bounded however large events are, as long as there are few thousand.
    ///
    /// - Parameter body: takes some of them at a time.
    func readEvents(
        in numbers: Range<Int>,
        where condition: ArrivalCondition,
        _ body: ([ResolvedEvent]) -> Void
    ) throws(EventStoreError)
}

/// What can be asked of events before they are read whole. All must hold.
public struct ArrivalCondition: Sendable {
    /// Of receipt; `nil` for any.
    public var received: Range<Timestamp>?
    /// Of the events; `nil` for any.
    public var times: Range<Timestamp>?
    /// `nil` for all.
    public var types: Set<EventTypeID>?

    public init(
        received: Range<Timestamp>? = nil,
        times: Range<Timestamp>? = nil,
        types: Set<EventTypeID>? = nil
    ) {
        self.received = received
        self.times = times
        self.types = types
    }
}

/// An hour (UTC) in which events were received.
public struct ArrivalHour: Equatable, Sendable {
    /// Since 1970.
    public var number: Int64
    /// All of its events have one of these numbers, and perhaps some of other hours: a server's clock may be set back.
    public var numbers: Range<Int>

    public init(number: Int64, numbers: Range<Int>) {
        self.number = number
        self.numbers = numbers
    }

    public var times: Range<Timestamp> {
        Timestamp(milliseconds: number * 3_600_000)..<Timestamp(milliseconds: (number + 1) * 3_600_000)
    }
}
