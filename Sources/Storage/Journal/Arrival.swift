public import EventModel

/// When something arrived: with which of all stored events. A later one is larger.
public struct Arrival: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The batch's sequence, and in the lowest 24 bits the event's place among those of the batch.
    public var number: Int64

    /// Before all others: with events of a time when nobody kept this.
    public static let unknown = Arrival(number: 0)

    public init(number: Int64) {
        self.number = number
    }

    /// - Parameter index: the event's place in its batch, which has less than 2²⁴.
    public init(_ sequence: JournalSequence, index: Int) {
        number = sequence.number << 24 | Int64(index)
    }

    /// Of the batch.
    public var sequence: JournalSequence { JournalSequence(number >> 24) }
    /// The event's place in its batch.
    public var index: Int { Int(number & 0xFF_FFFF) }

    public static func < (lhs: Arrival, rhs: Arrival) -> Bool { lhs.number < rhs.number }
}
