import EventModel
import Foundation
import QueryModel

/// The buckets of a chart, each as a key that says where on the calendar it is. Source: Documentation/time.md T2.
struct PlainAxis {
    /// Two numbers at most: a day, a Monday or a month; or a day and an hour, or a piece of five minutes.
    typealias Key = [Int]

    let query: SegmentationQuery
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
        let (first, last) = (query.range.first, query.range.last)
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
        case .hour:
            let hours = (firstDay - lead / 24 - 1...lastDay).flatMap { day in (0..<24).map { [day, $0] } }
            let shown = hours.firstIndex(of: [firstDay, query.range.firstHour])!
            keys = Array(hours[shown - lead...hours.firstIndex(of: [lastDay, query.range.lastHour])!])
        case .fiveMinutes:
            let pieces = (firstDay - 1...lastDay).flatMap { day in
                let seconds = PlainTime.start(ofDay: day + 1, in: zone) - PlainTime.start(ofDay: day, in: zone)
                return (0..<seconds / 300).map { [day, $0] }
            }
            keys = Array(pieces[(pieces.firstIndex(of: [firstDay, 0])! - lead)...])
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
        }
    }

    /// Of those that are shown.
    var labels: [String] {
        keys[lead...].map { key in
            switch query.interval {
            case .day, .week: return PlainTime.iso(day: key[0])
            case .month: return String(format: "%04d-%02d-01", key[0] / 12, key[0] % 12 + 1)
            case .hour: return PlainTime.iso(day: key[0]) + String(format: "T%02d:00:00", key[1])
            case .fiveMinutes:
                let start = PlainTime.start(ofDay: key[0], in: zone) + 300 * key[1]
                let parts = PlainTime.calendar(zone).dateComponents(
                    [.hour, .minute],
                    from: Date(timeIntervalSince1970: Double(start))
                )
                return PlainTime.iso(day: key[0]) + String(format: "T%02d:%02d:00", parts.hour!, parts.minute!)
            }
        }
    }

    /// Whether a moment comes too late for what was asked.
    func isAfter(_ time: PlainTime) -> Bool {
        time.day > lastDay || query.interval == .hour && time.day == lastDay && time.hour > query.range.lastHour
    }

    func isInRange(_ time: PlainTime) -> Bool {
        if isAfter(time) || time.day < firstDay { return false }
        return query.interval != .hour || time.day > firstDay || time.hour >= query.range.firstHour
    }

    /// The day after a bucket, or the second for buckets below a day.
    func end(of key: Key) -> Int {
        switch query.interval {
        case .day: return key[0] + 1
        case .week: return key[0] + 7
        case .month: return PlainTime.day((key[0] + 1) / 12, (key[0] + 1) % 12 + 1, 1)
        case .hour, .fiveMinutes:
            // Walks on until the calendar shows a later bucket.
            var end = PlainTime.start(ofDay: key[0], in: zone)
            while !key.lexicographicallyPrecedes(self.key(PlainTime(milliseconds: Int64(end) * 1000, in: zone))) {
                end += 300
            }
            return end
        }
    }

    /// Whether a moment lies in the days before the end of a bucket.
    func trails(_ time: PlainTime, days: Int, _ end: Int) -> Bool {
        query.interval == .hour || query.interval == .fiveMinutes
            ? (end - days * 86_400..<end).contains(time.seconds) : (end - days..<end).contains(time.day)
    }
}
