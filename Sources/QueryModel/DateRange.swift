public import EventModel

/// Days from `first` to `last`, both included, in the project's time zone. Never empty.
public struct DateRange: Hashable, Sendable {
    public let first: CalendarDate
    public let last: CalendarDate

    /// `nil` if `last` comes before `first`.
    public init?(first: CalendarDate, last: CalendarDate) {
        guard first <= last else { return nil }
        self.first = first
        self.last = last
    }

    public var dayCount: Int { last.daysSinceEpoch - first.daysSinceEpoch + 1 }
}
