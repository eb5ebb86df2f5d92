public import EventModel

/// A minute, counted from the Unix epoch.
public struct LedgerMinute: Hashable, Comparable, Sendable {
    public var number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    /// The minute in which `time` lies.
    public init(of time: Timestamp) {
        number = time.milliseconds >= 0 ? time.milliseconds / 60_000 : (time.milliseconds - 59_999) / 60_000
    }

    public static func < (lhs: LedgerMinute, rhs: LedgerMinute) -> Bool {
        lhs.number < rhs.number
    }
}
