import TestSupport
import Testing

@testable import FoldEngine

/// Starts and returns of one person, in hours; the bucket of a start is its hour by `bucketHours`.
private struct Person {
    var starts: [Int]
    var returns: [Int]
    var series: [Int32] = []
}

private struct Table: CustomStringConvertible {
    var mode: RetentionShape.Mode
    var bucketHours: Int
    var buckets: Int
    var columns: Int
    /// By bucket: how many columns are over.
    var complete: [Int]
    var series = 1

    var description: String { "\(mode) \(buckets) buckets of \(bucketHours) h, \(columns) columns" }

    func fold(_ people: [Person]) -> RetentionFold {
        let shape = RetentionShape(
            series: series,
            columns: columns,
            mode: mode,
            completeColumns: complete.map { over in (0..<columns).map { $0 < over } },
            days: buckets * bucketHours / 24 + 400
        )
        var fold = RetentionFold(shape)
        for person in people {
            let starts = person.starts.indices.map { index in
                RetentionStart(
                    hour: Int32(person.starts[index]),
                    bucket: Int32(person.starts[index] / bucketHours),
                    series: person.series.isEmpty ? 0 : person.series[index]
                )
            }
            let ends = [RetentionEnds(starts: Int32(starts.count), returns: Int32(person.returns.count))]
            let returns = person.returns.map { Int32($0) }
            fold.add(starts.span, returns.span, ends.span)
        }
        return fold
    }

    // MARK: The specification, pair by pair.

    func isColumn(_ column: Int, start: Int, return: Int) -> Bool {
        guard `return` >= start else { return false }
        let elapsed = `return` - start
        switch mode {
        case .interval(let days): return elapsed >= column * days * 24 && elapsed < (column + 1) * days * 24
        case .intervalOrLater(let days): return elapsed >= column * days * 24
        case .brackets(let brackets):
            return elapsed >= brackets[column].lowerBound * 24 && elapsed < brackets[column].upperBound * 24
        }
    }

    func naive(_ people: [Person], series wanted: Int32 = 0) -> [String] {
        func starts(_ person: Person, _ bucket: Int?) -> [Int] {
            person.starts.indices.filter { index in
                (bucket == nil || person.starts[index] / bucketHours == bucket)
                    && (person.series.isEmpty ? 0 : person.series[index]) == wanted
            }.map { person.starts[$0] }
        }
        func comesBack(_ person: Person, _ bucket: Int, _ column: Int) -> Bool {
            starts(person, bucket).contains { start in
                person.returns.contains { isColumn(column, start: start, return: $0) }
            }
        }
        let rows = (0..<buckets).map { bucket in
            let cohort = people.filter { !starts($0, bucket).isEmpty }
            return "\(cohort.count) \((0..<columns).map { column in cohort.count { comesBack($0, bucket, column) } })"
        }
        let combined = (0..<columns).map { column in
            let over = (0..<buckets).filter { complete[$0] > column }
            let cohort = people.filter { person in over.contains { !starts(person, $0).isEmpty } }
            let returned = cohort.count { person in over.contains { comesBack(person, $0, column) } }
            return "\(returned)/\(cohort.count)"
        }
        return rows + ["\(people.count { !starts($0, nil).isEmpty }) \(combined)"]
    }

    func answer(_ fold: RetentionFold, series: Int = 0) -> [String] {
        (0..<buckets).map { "\(fold.size(series: series, bucket: $0)) \(fold.returned(series: series, bucket: $0))" }
            + [
                "\(fold.combinedSize(series: series)) "
                    + "\(fold.combined(series: series).map { "\($0.returned)/\($0.outOf)" })"
            ]
    }
}

@Suite struct RetentionFoldTests {
    private func days(_ person: Person, mode: RetentionShape.Mode = .interval(days: 1), columns: Int = 4) -> [Int] {
        Table(mode: mode, bucketHours: 24, buckets: 1, columns: columns, complete: [0]).fold([person])
            .returned(series: 0, bucket: 0)
    }

    @Test("an interval is whole days from the start's hour")
    func intervals() {
        #expect(days(Person(starts: [5], returns: [5])) == [1, 0, 0, 0], "the start's own hour is interval 0")
        #expect(days(Person(starts: [5], returns: [28])) == [1, 0, 0, 0], "the day's last hour")
        #expect(days(Person(starts: [5], returns: [29])) == [0, 1, 0, 0], "the next day's first")
        #expect(days(Person(starts: [5], returns: [4])) == [0, 0, 0, 0], "the hour before is no return")
        #expect(days(Person(starts: [5, 9], returns: [32])) == [1, 1, 0, 0], "each start opens its own window")
        #expect(days(Person(starts: [5], returns: [101])) == [0, 0, 0, 0], "after the last column")
        #expect(days(Person(starts: [5], returns: [])) == [0, 0, 0, 0])
    }

    @Test("rolling: in this interval or any later one")
    func rolling() {
        let person = Person(starts: [5], returns: [5 + 50])
        #expect(days(person, mode: .intervalOrLater(days: 1)) == [1, 1, 1, 0])
        #expect(days(Person(starts: [5], returns: [9000]), mode: .intervalOrLater(days: 1)) == [1, 1, 1, 1])
        #expect(days(Person(starts: [5], returns: [4]), mode: .intervalOrLater(days: 1)) == [0, 0, 0, 0])
    }

    @Test("weeks are seven days, and brackets half-open")
    func wider() {
        let person = Person(starts: [5], returns: [5 + 7 * 24 - 1, 5 + 14 * 24])
        #expect(days(person, mode: .interval(days: 7)) == [1, 0, 1, 0])
        #expect(days(person, mode: .brackets([0..<6, 6..<7, 7..<14, 0..<15])) == [0, 1, 0, 1])
    }

    @Test("combined: each person once, over the rows that are over")
    func combined() {
        let table = Table(mode: .interval(days: 1), bucketHours: 24, buckets: 2, columns: 2, complete: [2, 1])
        let fold = table.fold([Person(starts: [0, 24], returns: [48]), Person(starts: [30], returns: [30, 60])])
        #expect(
            table.answer(fold) == ["1 [0, 0]", "2 [1, 2]", "2 [\"1/2\", \"0/1\"]"],
            "the second row's day 1 is not over: its people are neither counted nor asked"
        )
    }

    private static let modes: [RetentionShape.Mode] = [
        .interval(days: 1), .interval(days: 7), .interval(days: 30), .intervalOrLater(days: 1),
        .intervalOrLater(days: 7), .brackets([0..<1, 1..<7, 3..<90, 64..<65, 0..<300]),
    ]

    @Test("equals a count of every pair, over many days", arguments: 0..<36)
    func random(seed: Int) { compare(seed: seed, starts: 5, returns: 12, series: 2) }

    @Test("equals a count of every pair where people have many starts, returns and series", arguments: 0..<18)
    func busy(seed: Int) { compare(seed: seed, starts: 60, returns: 90, series: 5) }

    private func compare(seed: Int, starts: Int, returns: Int, series: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let mode = Self.modes[seed % Self.modes.count]
        var columns = [3, 64, 65, 140][random.below(4)]
        if case .brackets(let brackets) = mode { columns = brackets.count }
        let bucketHours = [24, 168][random.below(2)]
        let buckets = 1 + random.below(6)
        var table = Table(mode: mode, bucketHours: bucketHours, buckets: buckets, columns: columns, complete: [])
        // What is over for a bucket is over for an earlier one.
        table.complete = (0..<buckets).map { _ in random.below(columns + 1) }.sorted(by: >)
        table.series = 1 + random.below(series)
        let people = (0..<7).map { _ in
            let starts = (0..<random.below(starts)).map { _ in random.below(buckets * bucketHours) }.sorted()
            let span = [100, 2000, 5000][random.below(3)]
            return Person(
                starts: starts,
                returns: (0..<random.below(returns)).map { _ in random.below(buckets * bucketHours + span) }.sorted(),
                series: starts.map { _ in Int32(random.below(table.series)) }
            )
        }
        let whole = table.fold(people)
        var parts = [0..<2, 2..<3, 3..<7].map { table.fold(Array(people[$0])) }
        var leftFirst = parts[0]
        leftFirst.merge(parts[1])
        leftFirst.merge(parts[2])
        parts[1].merge(parts[2])
        var rightFirst = parts[1]
        rightFirst.merge(parts[0])
        for series in 0..<table.series {
            let naive = table.naive(people, series: Int32(series))
            for (answer, way) in [(whole, "at once"), (leftFirst, "merged"), (rightFirst, "merged")] {
                #expect(table.answer(answer, series: series) == naive, "\(table), seed \(seed), \(way)")
            }
        }
    }
}

@Suite struct ReturnDaysTests {
    @Test(
        "few starts and many are told the same days, whatever the returns' order and number of days",
        arguments: 0..<24
    )
    func bothWays(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let days = [1, 63, 64, 65, 128, 200][seed % 6]
        let returns = (0..<random.below(40)).map { _ in Int32(random.below(days * 24 + 90)) - 40 }
        var few = ReturnDays(days: days)
        var many = few
        // What was left by another person is gone.
        let others: [Int32] = [5, 24]
        many.begin(others.span, starts: 10_000)
        few.begin(returns.span, starts: 1)
        many.begin(returns.span, starts: 10_000)
        for start in Set((0..<20).map { _ in Int32(random.below(days * 24)) } + [0, Int32(days * 24) - 1]) {
            var naive = [UInt64](repeating: 0, count: few.words)
            var (asked, looked) = (naive, naive)
            for hour in returns where hour >= start && hour < days * 24 {
                naive[Int(hour - start) / 24 / 64] |= 1 << (UInt64(hour - start) / 24 % 64)
            }
            add(few, returns, after: start, to: &asked)
            add(many, returns, after: start, to: &looked)
            #expect(asked == naive, "\(days) days, seed \(seed), start \(start)")
            #expect(looked == naive, "\(days) days, seed \(seed), start \(start)")
        }
    }

    /// Half of them in a row that has something else already, at an end of others.
    private func add(_ days: ReturnDays, _ returns: [Int32], after start: Int32, to set: inout [UInt64]) {
        var rows = [5, .max] + (start % 2 == 0 ? set.map { _ in .max } : set) + [7]
        var span = rows.mutableSpan
        days.add(returns.span, after: start, toRow: 2, isNew: start % 2 == 0 ? -1 : 0, &span)
        #expect((rows[0], rows[1], rows[rows.count - 1]) == (5, .max, 7))
        set = Array(rows[2..<rows.count - 1])
    }
}

@Suite struct BitCountersTests {
    @Test("equal a plain count", arguments: 0..<12)
    func random(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let (words, count) = (1 + seed % 3, 1 + seed % 4)
        var (one, other) = (BitCounters(count: count, words: words), BitCounters(count: count, words: words))
        var counts = Array(repeating: [Int](repeating: 0, count: words * 64), count: count)
        // Now one, now the other has more planes than the one it takes in.
        let portion = [2, 3, 100][seed % 3]
        for number in 0..<300 {
            let counter = random.below(count)
            let bits = (0..<words * 64).map { _ in random.below(4) > 0 }
            var set = [UInt64](repeating: 0, count: words)
            for (bit, isOn) in bits.enumerated() where isOn {
                set[bit / 64] |= 1 << UInt64(bit % 64)
                counts[counter][bit] += 1
            }
            if number % portion == 0 {
                other.makeRoom(for: 1)
                other.add(set + [.max], width: words + 1, to: [Int32(counter)], 1)
            } else {
                one.makeRoom(for: 1)
                one.add(set, width: words, to: [Int32(counter)], 1)
            }
        }
        var (leftFirst, rightFirst) = (one, other)
        leftFirst.merge(other)
        rightFirst.merge(one)
        for counters in [leftFirst, rightFirst] {
            #expect((0..<count).map { counters.counts($0) } == counts, "seed \(seed)")
        }
        leftFirst.merge(BitCounters(count: count, words: words))
        #expect((0..<count).map { leftFirst.counts($0) } == counts)
    }
}

@Suite struct LifetimeValueFoldTests {
    private static let day: UInt32 = 86_400

    private func fold(now: UInt32, _ people: [(first: UInt32, payments: [(UInt32, Double)])]) -> LifetimeValueFold {
        var fold = LifetimeValueFold(now: Int64(now), days: [1, 2], series: 1, buckets: 2)
        for person in people {
            fold.add(
                first: person.first,
                bucket: person.first < 10 * Self.day ? 0 : 1,
                series: 0,
                payments: person.payments.map { (second: $0.0, amount: $0.1) }
            )
        }
        return fold
    }

    @Test("a day is 24 hours from the first event; its last second counts, the next does not")
    func days() {
        let fold = fold(now: 100 * Self.day, [(7, [(7, 1), (7 + Self.day - 1, 2), (7 + Self.day, 4)])])
        let cohort = fold.cohort(series: 0, bucket: 0)
        #expect(cohort.amountByThen == [3, 7])
        #expect(cohort.amount == 7)
        #expect((cohort.people, cohort.payers) == (1, 1))
    }

    @Test("who is not as old as that is left out of it; on the very second they are in")
    func age() {
        let people: [(first: UInt32, payments: [(UInt32, Double)])] = [(0, [(0, 5)]), (1, [(1, 7)])]
        #expect(fold(now: Self.day, people).cohort(series: 0, bucket: 0).oldEnough == [1, 0])
        #expect(fold(now: Self.day, people).cohort(series: 0, bucket: 0).amountByThen == [5, 0])
        #expect(fold(now: Self.day, people).cohort(series: 0, bucket: 0).amount == 12)
    }

    @Test("a payer has paid more than nothing at least once")
    func payers() {
        let fold = fold(
            now: 100 * Self.day,
            [(0, [(0, -3)]), (0, [(0, 0)]), (0, [(Self.day, 2), (Self.day, -2)]), (0, [])]
        )
        let cohort = fold.cohort(series: 0, bucket: 0)
        #expect((cohort.people, cohort.payers, cohort.amount) == (4, 1, -3))
        #expect(cohort.everPaid == [1, 1])
        #expect(cohort.paidByThen == [0, 1])
    }

    @Test("merged and combined")
    func merged() {
        let people: [(first: UInt32, payments: [(UInt32, Double)])] = [
            (5, [(6, 1.5)]), (10 * Self.day, [(11 * Self.day, 2)]), (9, []),
        ]
        let now = 11 * Self.day
        var parts = people.map { fold(now: now, [$0]) }
        parts[1].merge(parts[2])
        parts[0].merge(parts[1])
        for fold in [parts[0], fold(now: now, people)] {
            let all = fold.combined(series: 0)
            #expect((all.people, all.payers, all.amount) == (3, 2, 3.5))
            #expect(all.oldEnough == [3, 2])
            #expect(all.amountByThen == [1.5, 1.5])
            #expect(fold.cohort(series: 0, bucket: 1).people == 1)
        }
    }
}

@Suite struct SessionFoldTests {
    /// Buckets of 100 s, of which 100 to 300 are shown; lengths below 10 ms and from 10 ms on, 1,000 ms at most.
    private func fold(_ people: [[(id: Int64, second: UInt32, clientTime: Int64)]]) -> SessionFold {
        var fold = SessionFold(
            BucketTable(bounds: [100, 200, 300]),
            shown: 100..<300,
            longestMs: 1000,
            binCount: 2
        ) { $0 < 10 ? 0 : 1 }
        for events in people {
            let (ids, times, seconds) = (events.map(\.id), events.map(\.clientTime), events.map(\.second))
            fold.add(sessions: ids.span, clientTimes: times.span, seconds: seconds.span)
        }
        return fold
    }

    @Test("a session is dated by its first event, and as long as the client's clock says")
    func dated() {
        let fold = fold([[(7, 199, 500), (7, 200, 400), (7, 350, 700)]])
        #expect(fold.counts == [1, 0])
        #expect(fold.milliseconds == [300, 0], "also what lies after the range")
        #expect(fold.binned == [0, 1])
    }

    @Test("sessions that begin elsewhere, and events without one, do not count")
    func elsewhere() {
        let fold = fold([[(7, 99, 0), (7, 100, 5), (-1, 150, 0), (8, 300, 0)]])
        #expect(fold.counts == [0, 0])
        #expect(fold.binned == [0, 0])
    }

    @Test("one event is a session of length 0; the longest is in, a longer one only counts")
    func lengths() {
        let fold = fold([[(1, 100, 9), (2, 110, 0), (2, 111, 1000), (3, 120, 0), (3, 121, 1001)]])
        #expect(fold.counts == [3, 0])
        #expect(fold.measured == [2, 0])
        #expect(fold.milliseconds == [1000, 0])
        #expect(fold.binned == [1, 1])
    }

    @Test("the same id of two people is two sessions; sharing people out changes nothing")
    func merged() {
        let people: [[(id: Int64, second: UInt32, clientTime: Int64)]] = [
            [(1, 100, 0), (1, 101, 50)], [(1, 250, 3)], [(1, 260, 4), (2, 270, 9)],
        ]
        var merged = fold([people[2]])
        merged.merge(fold(Array(people[..<2])))
        for fold in [merged, fold(people)] {
            #expect(fold.counts == [1, 3])
            #expect(fold.milliseconds == [50, 0])
            #expect(fold.binned == [3, 1])
        }
    }

    @Test("clocks that cannot be right have no length, and do no harm")
    func overflow() {
        let fold = fold([[(1, 100, .min), (1, 101, .max)]])
        #expect((fold.counts, fold.measured) == ([1, 0], [0, 0]))
    }
}
