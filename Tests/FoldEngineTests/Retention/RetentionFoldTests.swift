import TestSupport
import Testing

@testable import FoldEngine

/// Starts and returns of one person, in hours; the bucket of a start is its hour by `bucketHours`.
private struct Person {
    var starts: [Int]
    var returns: [Int]
    var series: [Int32] = []
    /// Of a start: 1 if returns of its first day do not count.
    var firstDays: [Int32] = []
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
            combinedColumns: complete.map { over in (0..<columns).map { $0 < over } },
            days: buckets * bucketHours / 24 + 400
        )
        var fold = RetentionFold(shape)
        for person in people {
            let starts = person.starts.indices.map { index in
                RetentionStart(
                    hour: Int32(person.starts[index]),
                    bucket: Int32(person.starts[index] / bucketHours),
                    series: person.series.isEmpty ? 0 : person.series[index],
                    firstDay: person.firstDays.isEmpty ? 0 : person.firstDays[index]
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
        /// Of each, where it counts from.
        func starts(_ person: Person, _ bucket: Int?) -> [(hour: Int, first: Int)] {
            person.starts.indices.filter { index in
                (bucket == nil || person.starts[index] / bucketHours == bucket)
                    && (person.series.isEmpty ? 0 : person.series[index]) == wanted
            }.map { index in
                let isLate = !person.firstDays.isEmpty && person.firstDays[index] == 1
                return (person.starts[index], person.starts[index] + (isLate ? 24 : 0))
            }
        }
        func comesBack(_ person: Person, _ bucket: Int, _ column: Int) -> Bool {
            starts(person, bucket).contains { start in
                person.returns.contains { $0 >= start.first && isColumn(column, start: start.hour, return: $0) }
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

    @Test("a start may have its returns from the next interval on, another of the same person all of them")
    func firstDay() {
        #expect(days(Person(starts: [0], returns: [0, 25], firstDays: [1])) == [0, 1, 0, 0])
        #expect(days(Person(starts: [0, 1], returns: [1, 30], firstDays: [1, 0])) == [1, 1, 0, 0])
        #expect(
            days(Person(starts: [0], returns: [5, 30], firstDays: [1]), mode: .intervalOrLater(days: 1))
                == [1, 1, 0, 0],
            "in interval 0 or later, as it is later"
        )
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
                series: starts.map { _ in Int32(random.below(table.series)) },
                firstDays: random.below(2) == 0 ? [] : starts.map { _ in Int32(random.below(2)) }
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
