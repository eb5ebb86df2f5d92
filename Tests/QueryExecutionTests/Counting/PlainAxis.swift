import EventModel
import Foundation
import QueryModel
import TestSupport

/// The buckets of a chart, each as a key that says where on the calendar it is. Source: Documentation/time.md T2.
struct PlainAxis {
    /// Two numbers at most: a day, a Monday, a month, a quarter or a year; or a day and an hour, or a piece of some minutes of the clock.
    /// Of the whole of a range 0, before it less and after it more.
    typealias Key = [Int]

    let query: SegmentationQuery
    let range: DateRange
    let zone: TimeZone
    /// Those before the first that is shown included.
    let keys: [Key]
    /// How many lie before it: more than any question needs.
    let lead: Int
    let firstDay: Int
    let lastDay: Int

    init(_ query: SegmentationQuery, _ zone: TimeZone, lead: Int) {
        self.query = query
        self.zone = zone
        self.lead = lead
        range = query.days
        let (first, last) = (range.first, range.last)
        firstDay = PlainTime.day(first.year, first.month, first.day)
        lastDay = PlainTime.day(last.year, last.month, last.day)
        func noon(_ day: Int) -> PlainTime {
            PlainTime(milliseconds: Int64(day) * 86_400_000 + 43_200_000, in: .gmt)
        }
        switch query.interval {
        case .day: keys = (firstDay - lead...lastDay).map { [$0] }
        case .week:
            keys = stride(from: noon(firstDay).monday - 7 * lead, through: lastDay, by: 7).map { [$0] }
        case .month: keys = (noon(firstDay).month - lead...noon(lastDay).month).map { [$0] }
        case .quarter: keys = (noon(firstDay).month / 3 - lead...noon(lastDay).month / 3).map { [$0] }
        case .year: keys = (noon(firstDay).month / 12 - lead...noon(lastDay).month / 12).map { [$0] }
        case .all: keys = (-lead...0).map { [$0] }
        case .hour:
            let hours = (firstDay - lead / 24 - 1...lastDay).flatMap { day in (0..<24).map { [day, $0] } }
            let shown = hours.firstIndex(of: [firstDay, range.firstHour])!
            keys = Array(hours[shown - lead...hours.firstIndex(of: [lastDay, range.lastHour])!])
        case .fiveMinutes, .minute:
            let length = query.interval == .minute ? 60 : 300
            let pieces = (firstDay - 1...lastDay).flatMap { day in (0..<86_400 / length).map { [day, $0] } }
            let shown = pieces.firstIndex(of: [firstDay, range.firstHour * 3600 / length])!
            let last = pieces.firstIndex(of: [lastDay, (range.lastHour + 1) * 3600 / length - 1])!
            keys = Array(pieces[shown - lead...last])
        }
    }

    var shownCount: Int { keys.count - lead }

    func key(_ time: PlainTime) -> Key {
        switch query.interval {
        case .day: [time.day]
        case .week: [time.monday]
        case .month: [time.month]
        case .hour: [time.day, time.hour]
        case .fiveMinutes: [time.day, time.piece]
        case .minute: [time.day, time.minute]
        case .quarter: [time.month / 3]
        case .year: [time.month / 12]
        case .all: [time.day < firstDay ? -lead - 1 : time.day > lastDay ? 1 : 0]
        }
    }

    /// Of those that are shown.
    var labels: [String] {
        keys[lead...].map { key in
            switch query.interval {
            case .day, .week: return PlainTime.iso(day: key[0])
            case .month: return String(format: "%04d-%02d-01", key[0] / 12, key[0] % 12 + 1)
            case .quarter: return String(format: "%04d-%02d-01", key[0] / 4, key[0] % 4 * 3 + 1)
            case .year: return String(format: "%04d-01-01", key[0])
            case .all: return PlainTime.iso(day: firstDay)
            case .hour: return PlainTime.iso(day: key[0]) + String(format: "T%02d:00:00", key[1])
            case .fiveMinutes, .minute:
                let minute = query.interval == .minute ? key[1] : key[1] * 5
                return PlainTime.iso(day: key[0]) + String(format: "T%02d:%02d:00", minute / 60, minute % 60)
            }
        }
    }

    /// Whether a moment comes too late for what was asked.
    func isAfter(_ time: PlainTime) -> Bool {
        time.day > lastDay || query.interval.isBelowDay && time.day == lastDay && time.hour > range.lastHour
    }

    func isInRange(_ time: PlainTime) -> Bool {
        if isAfter(time) || time.day < firstDay { return false }
        return !query.interval.isBelowDay || time.day > firstDay || time.hour >= range.firstHour
    }

    /// The day after a bucket, or the second for buckets below a day.
    func end(of key: Key) -> Int {
        switch query.interval {
        case .day: return key[0] + 1
        case .week: return key[0] + 7
        case .month: return PlainTime.day((key[0] + 1) / 12, (key[0] + 1) % 12 + 1, 1)
        case .quarter: return PlainTime.day((key[0] + 1) / 4, (key[0] + 1) % 4 * 3 + 1, 1)
        case .year: return PlainTime.day(key[0] + 1, 1, 1)
        case .all: return lastDay + 1
        case .hour, .fiveMinutes, .minute:
            // Walks through the day: the end of what the calendar shows last in the bucket or, of one that is skipped, the
            // beginning of a later one.
            let first = PlainTime.start(ofDay: key[0], in: zone)
            let step = query.interval == .minute ? 60 : 300
            let times = Array(stride(from: first, to: PlainTime.start(ofDay: key[0] + 1, in: zone), by: step))
            func at(_ time: Int) -> Key { self.key(PlainTime(milliseconds: Int64(time) * 1000, in: zone)) }
            if let last = times.last(where: { at($0) == key }) { return last + step }
            return times.first { key.lexicographicallyPrecedes(at($0)) } ?? PlainTime.start(ofDay: key[0] + 1, in: zone)
        }
    }

    /// Whether a moment lies before the end of a bucket.
    func isBefore(_ time: PlainTime, _ end: Int) -> Bool {
        [.hour, .fiveMinutes, .minute].contains(query.interval) ? time.seconds < end : time.day < end
    }

    /// Whether a moment lies in the days before the end of a bucket.
    func trails(_ time: PlainTime, days: Int, _ end: Int) -> Bool {
        [.hour, .fiveMinutes, .minute].contains(query.interval)
            ? (end - days * 86_400..<end).contains(time.seconds) : (end - days..<end).contains(time.day)
    }
}
