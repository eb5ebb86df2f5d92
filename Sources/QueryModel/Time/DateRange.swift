public import EventModel

/// Days from `first` to `last`, both included, in the project's time zone. Never empty.
public struct DateRange: Hashable, Sendable {
    public let first: CalendarDate
    public let last: CalendarDate
    /// The hours of the first and the last day with which the range begins and ends, 0 to 23, both included. Only charts
    /// of less than a day heed them.
    public let firstHour: Int
    public let lastHour: Int

    /// `nil` if the end comes before the beginning.
    public init?(first: CalendarDate, last: CalendarDate, firstHour: Int = 0, lastHour: Int = 23) {
        guard (0...23).contains(firstHour), (0...23).contains(lastHour) else { return nil }
        guard first < last || first == last && firstHour <= lastHour else { return nil }
        self.first = first
        self.last = last
        self.firstHour = firstHour
        self.lastHour = lastHour
    }

    public var dayCount: Int { last.daysSinceEpoch - first.daysSinceEpoch + 1 }
}
