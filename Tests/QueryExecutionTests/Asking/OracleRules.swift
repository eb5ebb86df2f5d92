import EventModel
import Foundation
import QueryModel
import TestSupport

/// What the rules say of selectors, segments and time in a range of dates, as plainly as it can be said. Shares no code with
/// the engine.
struct OracleRules {
    let plain: PlainRules
    let now: Int64
    private(set) var calendar = Calendar(identifier: .gregorian)
    private(set) var range = DateRange(
        first: CalendarDate(daysSinceEpoch: 0),
        last: CalendarDate(daysSinceEpoch: 0)
    )!
    private(set) var interval = Interval.day

    /// - Parameter now: seconds since the epoch.
    init(_ plain: PlainRules, _ zone: TimeZone, now: Int64) {
        self.plain = plain
        self.now = now
        calendar.timeZone = zone
        calendar.firstWeekday = 2
    }

    /// The same for another range.
    func over(_ range: DateRange, by interval: Interval) -> OracleRules {
        var rules = self
        (rules.range, rules.interval) = (range, interval)
        return rules
    }

    func date(_ second: Int64) -> Date { Date(timeIntervalSince1970: Double(second)) }

    func start(_ date: CalendarDate) -> Int64 {
        let parts = DateComponents(year: date.year, month: date.month, day: date.day)
        return Int64(calendar.startOfDay(for: calendar.date(from: parts)!).timeIntervalSince1970)
    }

    /// What was asked for.
    var shown: Range<Int64> { start(range.first)..<start(range.last.adding(days: 1)) }

    private var component: Calendar.Component {
        switch interval {
        case .week: .weekOfYear
        case .month: .month
        default: .day
        }
    }

    /// The calendar's day, week or month; or all that was asked for.
    func bucket(_ second: Int64) -> Range<Int64> {
        if interval == .all { return shown }
        let bucket = calendar.dateInterval(of: component, for: date(second))!
        return Int64(bucket.start.timeIntervalSince1970)..<Int64(bucket.end.timeIntervalSince1970)
    }

    /// All that have some part of the range.
    var buckets: [Range<Int64>] {
        var buckets = [bucket(shown.lowerBound)]
        while buckets.last!.upperBound < shown.upperBound { buckets.append(bucket(buckets.last!.upperBound)) }
        return buckets
    }

    /// When a bucket is over, as far as it was asked for.
    func end(_ bucket: Range<Int64>) -> Int64 { min(bucket.upperBound, shown.upperBound) }

    /// The date of a bucket's first day.
    func label(_ bucket: Range<Int64>) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date(bucket.lowerBound))
        return String(format: "%04d-%02d-%02d", parts.year!, parts.month!, parts.day!)
    }

    func groups(_ event: PlainEvent, _ property: PropertyReference?) -> [String] {
        property.map { event.value(of: $0).groups } ?? ["-"]
    }

    func isActive(_ event: PlainEvent) -> Bool { plain.isActive(event) }

    /// - Parameter all: the person's events.
    func matches(_ event: PlainEvent, _ selector: EventSelector, _ all: [PlainEvent]) -> Bool {
        plain.matches(event, selector, all)
    }

    /// Whether a person's event counts in a segment.
    func passes(_ event: PlainEvent, _ segment: Segment, _ all: [PlainEvent]) -> Bool {
        segment.conditions.allSatisfy { condition in
            switch condition {
            case .property(let filter): return event.passes(filter)
            case .cohort(let ids, let isMember): return plain.isIn(ids, event) == isMember
            case .performed(let performed):
                let bucket = bucket(event.second)
                let times: Range<Int64> =
                    switch performed.span {
                    case .bucket: bucket
                    case .sinceEver: 0..<bucket.upperBound
                    case .trailing(let days):
                        Int64(
                            calendar.date(byAdding: .day, value: -days, to: date(bucket.upperBound))!
                                .timeIntervalSince1970
                        )..<bucket.upperBound
                    }
                let found = all.count { matches($0, performed.event, all) && times.contains($0.second) }
                return plain.isEnough(found, for: performed)
            }
        }
    }

    /// Whether the event's day, week or month is the one in which the person was new.
    func isNew(_ event: PlainEvent, _ all: [PlainEvent]) -> Bool {
        bucket(event.second).contains(plain.first(of: all)?.second ?? 0)
    }
}
