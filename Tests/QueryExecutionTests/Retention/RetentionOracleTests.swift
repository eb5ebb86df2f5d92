import ColumnEngine
import EventModel
import Foundation
import QueryModel
import TestSupport
import Testing

@testable import QueryExecution

private struct RetentionOracle {
    let query: RetentionQuery
    let rules: OracleRules
    let isCalendar: Bool

    /// Number of the hour on the wall clock in which a second lies.
    private func hour(_ second: Int64) -> Int64 {
        let parts = rules.calendar.dateComponents([.minute, .second], from: rules.date(second))
        let start = second - Int64(parts.minute! * 60 + parts.second!)
        return Int64((Double(start) / 3600).rounded(.down))
    }

    /// No return is later than today, or than the range.
    private var latest: Int64 {
        let today = rules.calendar.dateInterval(of: .day, for: rules.date(rules.now))!
        return max(Int64(today.end.timeIntervalSince1970), rules.shown.upperBound)
    }

    /// Days of the calendar from one moment to another.
    private func days(_ from: Int64, _ to: Int64) -> Int {
        let calendar = rules.calendar
        func start(_ second: Int64) -> Date { calendar.startOfDay(for: rules.date(second)) }
        return calendar.dateComponents([.day], from: start(from), to: start(to)).day!
    }

    /// Weeks or months of the calendar, or days, from that of one moment to that of another.
    private func units(_ from: Int64, _ to: Int64) -> Int {
        let (a, b) = (unitStart(from), unitStart(to))
        return rules.calendar.dateComponents([component], from: a, to: b).value(for: component)!
    }

    private var component: Calendar.Component {
        if case .brackets = query.mode { return .day }
        return [.day: .day, .week: .weekOfYear, .month: .month][query.interval]!
    }

    private func unitStart(_ second: Int64) -> Date {
        rules.calendar.dateInterval(of: component, for: rules.date(second))!.start
    }

    private var unit: Int64 { [.day: 1, .week: 7, .month: 30][query.interval]! }

    /// The columns of a row: those up to the last one that begins today or earlier, for whoever started first.
    private func columnCount(_ bucket: Range<Int64>) -> Int {
        let start = max(bucket.lowerBound, rules.shown.lowerBound)
        let most = [Interval.day: 365, .week: 53, .month: 13][query.interval]!
        let begins: (Int) -> Int
        var all = most
        if case .brackets(let brackets) = query.mode {
            all = brackets.count
            begins = { brackets[$0].lowerBound }
        } else {
            begins = { isCalendar ? $0 : $0 * Int(unit) }
        }
        let passed = isCalendar ? units(start, rules.now) : days(start, rules.now)
        return ((0..<all).last { begins($0) <= passed } ?? -1) + 1
    }

    private func isColumn(_ column: Int, _ start: PlainEvent, _ back: PlainEvent) -> Bool {
        guard back.second < latest else { return false }
        if isCalendar {
            // The same day is early enough.
            guard days(start.second, back.second) >= 0 else { return false }
            let elapsed = units(start.second, back.second)
            switch query.mode {
            case .nDay: return elapsed == column
            case .rolling: return elapsed >= column
            case .brackets(let brackets): return brackets[column].contains(elapsed)
            }
        }
        let hours = hour(back.second) - hour(start.second)
        guard hours >= 0 else { return false }
        switch query.mode {
        case .nDay: return hours / (24 * unit) == column
        case .rolling: return hours / (24 * unit) >= column
        case .brackets(let brackets): return brackets[column].contains(Int(hours / 24))
        }
    }

    private func isIncomplete(_ column: Int, _ bucket: Range<Int64>) -> Bool {
        var days = Int64(column + 1) * unit
        if case .brackets(let brackets) = query.mode { days = Int64(brackets[column].upperBound) }
        let bucketEnd = rules.end(bucket)
        if isCalendar {
            // The last unit in which somebody of the bucket may come back, and its end.
            var count = column + 1
            if case .brackets = query.mode { count = Int(days) }
            let end = rules.calendar.date(byAdding: component, value: count, to: unitStart(bucketEnd - 1))!
            return Int64(end.timeIntervalSince1970) > rules.now
        }
        return bucketEnd + days * 86_400 > rules.now
    }

    func answer(_ people: [[PlainEvent]]) -> [String] {
        let buckets = rules.buckets
        return query.segments.flatMap { segment -> [String] in
            func starts(_ all: [PlainEvent], _ group: String) -> [PlainEvent] {
                all.filter {
                    rules.shown.contains($0.second) && rules.matches($0, query.start, all)
                        && rules.passes($0, segment, all) && rules.groups($0, query.groupBy).contains(group)
                }
            }
            let groups =
                query.groupBy == nil
                ? ["-"] : Array(Set(people.joined().flatMap { rules.groups($0, query.groupBy) }))
            var series: [(group: String, people: Int, text: String)] = []
            for group in groups {
                let startsOf = people.map { starts($0, group) }
                func comesBack(_ person: Int, _ bucket: Range<Int64>, _ column: Int) -> Bool {
                    startsOf[person].contains { start in
                        bucket.contains(start.second)
                            && people[person].contains {
                                rules.matches($0, query.return, people[person]) && isColumn(column, start, $0)
                            }
                    }
                }
                func isIn(_ person: Int, _ bucket: Range<Int64>) -> Bool {
                    startsOf[person].contains { bucket.contains($0.second) }
                }
                let rows = buckets.map { bucket in
                    let cohort = people.indices.filter { isIn($0, bucket) }
                    return (0..<columnCount(bucket)).reduce("\(cohort.count)/\(cohort.count)") { text, column in
                        let count = cohort.count { comesBack($0, bucket, column) }
                        return text + " \(count)/\(cohort.count)\(isIncomplete(column, bucket) ? "*" : "")"
                    }
                }
                let whole = startsOf.count { !$0.isEmpty }
                let longest = buckets.map(columnCount).max()!
                let combined = (0..<longest).reduce("\(whole)/\(whole)") { text, column in
                    let over = buckets.filter { !isIncomplete(column, $0) }
                    let counted = over.isEmpty ? buckets.filter { column < columnCount($0) } : over
                    let cohort = people.indices.filter { person in counted.contains { isIn(person, $0) } }
                    let count = cohort.count { person in counted.contains { comesBack(person, $0, column) } }
                    return text + " \(count)/\(cohort.count)\(over.isEmpty ? "*" : "")"
                }
                if query.groupBy == nil || whole > 0 { series.append((group, whole, "\(group): \(rows) \(combined)")) }
            }
            if series.isEmpty {
                let rows = buckets.map { bucket in
                    (0..<columnCount(bucket)).reduce("0/0") { $0 + " 0/0\(isIncomplete($1, bucket) ? "*" : "")" }
                }
                let combined = (0..<buckets.map(columnCount).max()!).reduce("0/0") { text, column in
                    text + " 0/0\(buckets.contains { !isIncomplete(column, $0) } ? "" : "*")"
                }
                return ["(none): \(rows) \(combined)"]
            }
            return series.sorted { a, b in
                a.people != b.people ? a.people > b.people : a.group < b.group
            }.map(\.text)
        }
    }
}

@Suite struct RetentionOracleTests {
    private func text(_ cells: [RetentionAnswer.Cell]) -> String {
        cells.map { "\($0.count)/\($0.outOf)\($0.isIncomplete ? "*" : "")" }.joined(separator: " ")
    }

    @Test("equals a count of every pair, while events and merges arrive", arguments: 0..<40)
    func random(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: false) { engine, context, rules, people, days, random in
            let isGrouped = random.below(3) == 0
            let segments = random.segments()
            let query = RetentionQuery(
                start: random.below(3) == 0
                    ? EventSelector(type: .firstEver, filters: random.filters()) : random.selector(),
                return: random.selector(),
                mode: [.nDay, .nDay, .rolling, .brackets([0..<1, 1..<3, 2..<40, 40..<100])][random.below(4)],
                range: random.range(days),
                interval: random.interval(),
                segments: isGrouped ? [segments[0]] : segments,
                groupBy: isGrouped ? random.property() : nil
            )
            let rules = rules.over(query.days, by: query.interval)
            var context = context
            context.retentionDays = [.windows, .calendar][random.below(2)]
            let answer = try await engine.retention(query, context)
            let found = answer.series.map { "\($0.group ?? "-"): \($0.rows.map(text)) \(text($0.combined))" }
            let isCalendar = context.retentionDays == .calendar
            let wanted = RetentionOracle(query: query, rules: rules, isCalendar: isCalendar).answer(people)
            try #require(found == wanted, "seed \(seed), now \(rules.now), \(context.retentionDays), \(query)")
        }
    }

    @Test("new people who come back for any event are all there on day 0", arguments: 0..<4)
    func dayZero(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: true) { engine, context, _, _, days, random in
            let query = RetentionQuery(
                start: EventSelector(type: .firstEver),
                return: EventSelector(type: .any),
                range: random.range(days)
            )
            // Of days that have not begun there is the size alone.
            for row in try await engine.retention(query, context).series[0].rows where row.count > 1 {
                #expect(row[0].count == row[1].count)
            }
        }
    }
}
