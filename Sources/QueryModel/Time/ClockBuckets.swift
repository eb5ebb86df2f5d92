import EventModel

/// Buckets below a day, by the clock on the wall. Source: Documentation/time.md T6, T7.
struct ClockBuckets {
    private(set) var bounds: [Int64] = []
    private(set) var labels: [String] = []
    private(set) var dates: [CalendarDate] = []

    init(_ range: DateRange, _ interval: Interval, _ zone: ProjectTimeZone, leadCount: Int) {
        // A day may be short by up to two hours; one may be skipped altogether.
        let fewestPerDay = interval == .hour ? 24 : 22 * 3600 / Int(interval.clockSeconds)
        var date = range.first.adding(days: leadCount == 0 ? 0 : -(leadCount / fewestPerDay + 2))
        while date <= range.last {
            let bucketsOfDay =
                interval == .hour ? Self.hours(of: date, zone) : Self.pieces(of: date, zone, interval.clockSeconds)
            for (start, minute) in bucketsOfDay {
                bounds.append(start)
                labels.append("\(date.iso)T\(Self.padded(minute / 60)):\(Self.padded(minute % 60)):00")
                dates.append(date)
            }
            date = date.adding(days: 1)
        }
        bounds.append(zone.start(of: date).seconds)
        // Only charts of hours may begin and end within a day.
        let (firstHour, lastHour) = interval == .hour ? (range.firstHour, range.lastHour) : (0, 23)
        let shownFirst = dates.firstIndex { $0 >= range.first } ?? dates.count
        let tooMany = shownFirst + firstHour - leadCount
        bounds.removeFirst(tooMany)
        labels.removeFirst(tooMany)
        dates.removeFirst(tooMany)
        bounds.removeLast(23 - lastHour)
        labels.removeLast(23 - lastHour)
        dates.removeLast(23 - lastHour)
    }

    /// The first moments of the 24 hours: an hour that comes twice is one bucket, one that is skipped is empty.
    private static func hours(of date: CalendarDate, _ zone: ProjectTimeZone) -> [(start: Int64, minute: Int)] {
        let (start, end) = (zone.start(of: date).seconds, zone.start(of: date.adding(days: 1)).seconds)
        var starts: [(Int64, Int)] = []
        // Clocks change at, and by, whole quarters of an hour.
        for quarter in stride(from: start, to: end, by: 900) {
            let hour = zone.secondOfDay(at: quarter) / 3600
            while starts.count <= hour, starts.count < 24 { starts.append((quarter, starts.count * 60)) }
        }
        while starts.count < 24 { starts.append((end, starts.count * 60)) }
        return starts
    }

    /// In the order in which they pass: a piece of an hour that comes twice is there twice.
    private static func pieces(
        of date: CalendarDate,
        _ zone: ProjectTimeZone,
        _ seconds: Int64
    ) -> [(start: Int64, minute: Int)] {
        let (start, end) = (zone.start(of: date).seconds, zone.start(of: date.adding(days: 1)).seconds)
        return stride(from: start, to: end, by: Int64.Stride(seconds)).map { ($0, zone.secondOfDay(at: $0) / 60) }
    }

    private static func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

extension Interval {
    /// Of those that are pieces of a day.
    fileprivate var clockSeconds: Int64 {
        switch self {
        case .minute: 60
        case .fiveMinutes: 300
        default: 3600
        }
    }
}
