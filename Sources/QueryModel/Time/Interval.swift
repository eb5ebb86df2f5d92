/// Width of one bucket of a chart. Those from a day on are the calendar's in the project's zone, those below it go by the
/// clock on the wall. Raw value: its name in a question's document.
public enum Interval: String, CaseIterable, Sendable {
    case minute
    case fiveMinutes = "five_minutes"
    case hour
    case day
    /// Begins on Monday.
    case week
    case month
    /// Begins with January, April, July or October.
    case quarter
    case year
    /// The whole range is one bucket.
    case all

    /// Whether several buckets begin on one day.
    public var isBelowDay: Bool {
        switch self {
        case .minute, .fiveMinutes, .hour: true
        case .day, .week, .month, .quarter, .year, .all: false
        }
    }
}
