import EventModel
import QueryModel

/// Time as retention counts it: in hours, 24 of which are a day. Source: Documentation/retention.md R2, R12.
enum RetentionClock: Sendable {
    /// Days are windows of 24 hours.
    case hours(HourGrid)
    /// Days are those of the calendar, and nothing in them is earlier or later than the rest.
    case days(DayGrid)

    /// - Parameter end: seconds; nothing later matters.
    init(_ axis: TimeAxis, _ context: QueryContext, until end: Int64) {
        switch context.retentionDays {
        case .windows: self = .hours(HourGrid(axis, zone: context.zone, until: end))
        case .calendar: self = .days(DayGrid(axis, zone: context.zone, until: end))
        }
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
        case .days(let grid): 24 * grid.day(of: seconds)
        }
    }
}

/// Days of the calendar, counted from the first that is shown.
struct DayGrid: Sendable {
    /// The first second of each; where the calendar skips a day, of two the same.
    private let starts: [Int64]

    /// - Parameter end: seconds; nothing later matters.
    init(_ axis: TimeAxis, zone: ProjectTimeZone, until end: Int64) {
        func date(_ second: Int64) -> CalendarDate { zone.date(of: Timestamp(milliseconds: second * 1000)) }
        let first = date(axis.shown.lowerBound)
        starts = (0...max(0, date(end).daysSinceEpoch - first.daysSinceEpoch)).map { day in
            zone.start(of: first.adding(days: day)).seconds
        }
    }

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
