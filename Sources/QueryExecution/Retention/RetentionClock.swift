import EventModel
import QueryModel

/// Time as retention counts it: in hours, 24 of which are a day. Source: Documentation/retention.md R2, R12.
enum RetentionClock: Sendable {
    /// Days are windows of 24 hours.
    case hours(HourGrid)
    /// Days, weeks or months are those of the calendar, and count as a day each. Nothing in a day is earlier or later than
    /// the rest of it.
    case calendar(CalendarGrid)

    /// - Parameters:
    ///   - unit: of the calendar, in which it counts if days are the calendar's.
    ///   - end: seconds; nothing later matters.
    init(_ axis: TimeAxis, _ context: QueryContext, unit: Interval, until end: Int64) {
        switch context.retentionDays {
        case .windows: self = .hours(HourGrid(axis, zone: context.zone, until: end))
        case .calendar: self = .calendar(CalendarGrid(axis, unit, zone: context.zone, until: end))
        }
    }

    /// Where days that are told apart count as one, those days.
    var days: CalendarGrid? {
        if case .calendar(let grid) = self, grid.unit != .day { grid } else { nil }
    }

    /// The second in which hour 0 begins, if each hour begins 3,600 seconds after the one before; else `nil`.
    var origin: Int64? {
        if case .hours(let grid) = self { grid.origin } else { nil }
    }

    /// The hour of a second where all are as long as each other.
    @inline(__always)
    static func hour(of seconds: UInt32, from origin: Int64) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(seconds) &- origin) / 3600)
    }

    /// Below 0 where no window that matters can have it.
    func hour(of seconds: UInt32) -> Int32 {
        switch self {
        case .hours(let grid): grid.hour(of: seconds)
        case .calendar(let grid): 24 * grid.number(ofDay: grid.day(of: seconds))
        }
    }
}

/// Days of the calendar, counted from the first that is shown, and the weeks or months in which they lie.
struct CalendarGrid: Sendable {
    let unit: Interval
    /// The first second of each day; where the calendar skips a day, of two the same.
    private let starts: [Int64]
    /// By day: the unit, counted from the first day's.
    private let numbers: [Int32]

    /// - Parameter end: seconds; nothing later matters.
    init(_ axis: TimeAxis, _ unit: Interval, zone: ProjectTimeZone, until end: Int64) {
        func date(_ second: Int64) -> CalendarDate { zone.date(of: Timestamp(milliseconds: second * 1000)) }
        self.unit = unit
        let first = date(axis.shown.lowerBound)
        let days = (0...max(0, date(end).daysSinceEpoch - first.daysSinceEpoch)).map { first.adding(days: $0) }
        starts = days.map { zone.start(of: $0).seconds }
        numbers = days.map { Int32($0.number(of: unit) - first.number(of: unit)) }
    }

    /// - Parameter day: as ``day(of:)`` counts it.
    /// - Returns: its unit; -1 before the first day.
    func number(ofDay day: Int32) -> Int32 { day < 0 ? -1 : numbers[Int(day)] }

    /// -1 before the first.
    func day(of seconds: UInt32) -> Int32 {
        let time = Int64(seconds)
        guard time >= starts[0] else { return -1 }
        // Days are 24 hours but for a few, so it is here or beside.
        var day = min(Int((time - starts[0]) / 86_400), starts.count - 1)
        while starts[day] > time { day -= 1 }
        while day + 1 < starts.count, starts[day + 1] <= time { day += 1 }
        return Int32(day)
    }
}

/// Whole hours by the clock on the wall, counted from the hour before all that matters.
struct HourGrid: Sendable {
    private let base: Int64
    /// Seconds by which the zone's hours begin after those of UTC, before each change, and after the last one.
    private var shifts: [(until: Int64, shift: Int64)] = []

    /// - Parameter end: seconds; nothing later matters.
    init(_ axis: TimeAxis, zone: ProjectTimeZone, until end: Int64) {
        let first = axis.shown.lowerBound - 2 * 3600
        base = first - (first % 3600 + 3600) % 3600
        func shift(_ time: Int64) -> Int64 { (3600 - Int64(zone.secondOfDay(at: time)) % 3600 + time % 3600) % 3600 }
        // Only few places move their hours by less than one; changes are found to the quarter of an hour.
        var time = base - base % 900
        var current = shift(time)
        while time < end {
            let next = time + 86_400
            if shift(next) != current {
                var change = time
                while shift(change) == current { change += 900 }
                shifts.append((change, current))
                current = shift(change)
                time = change
            } else {
                time = next
            }
        }
        shifts.append((.max, current))
    }

    var origin: Int64? { shifts.count == 1 ? base + shifts[0].shift - 3600 : nil }

    func hour(of seconds: UInt32) -> Int32 {
        if let origin { return RetentionClock.hour(of: seconds, from: origin) }
        let time = Int64(seconds)
        let shift = shifts.first { time < $0.until }?.shift ?? 0
        return Int32(truncatingIfNeeded: (time - base - shift + 3600) / 3600)
    }
}

extension CalendarDate {
    /// The number of the day, week or month in which this day lies; those of the next one are one more.
    func number(of unit: Interval) -> Int {
        switch unit {
        // 1970-01-01 was a Thursday: weeks are counted from the Monday of which it is the fourth day.
        case .week: (daysSinceEpoch + 3 - ((daysSinceEpoch + 3) % 7 + 7) % 7) / 7
        case .month: year * 12 + month - 1
        default: daysSinceEpoch
        }
    }
}
