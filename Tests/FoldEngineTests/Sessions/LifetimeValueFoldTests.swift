import Testing

@testable import FoldEngine

@Suite struct LifetimeValueFoldTests {
    private static let day: Int64 = 86_400_000

    private typealias Person = (first: Int64, payments: [(Int64, Double)])

    private func fold(_ people: [Person]) -> LifetimeValueFold {
        var fold = LifetimeValueFold(days: 3, series: 1, buckets: 2)
        for person in people {
            fold.add(
                first: person.first,
                bucket: person.first < 10 * Self.day ? 0 : 1,
                series: 0,
                payments: person.payments.map { (time: $0.0, amount: $0.1) }
            )
        }
        return fold
    }

    @Test("a day is 24 hours from the first event's millisecond; its last one counts, the next does not")
    func days() {
        let fold = fold([(7, [(7, 1), (7 + Self.day - 1, 2), (7 + Self.day, 4), (7 + 3 * Self.day, 8)])])
        let cohort = fold.cohort(series: 0, bucket: 0)
        #expect(cohort.amounts(by: 3) == [3, 7, 7])
        #expect(cohort.amount(on: 1..<2) == 4)
        #expect(cohort.amount == 15, "what comes later is in the whole alone")
        #expect((cohort.people, cohort.payers) == (1, 1))
    }

    /// First event at +999 ms; 7 days later at +0 ms is within 7 days.
    @Test("seconds do not tell")
    func milliseconds() {
        let fold = fold([(999, [(3 * Self.day, 5)])])
        #expect(fold.cohort(series: 0, bucket: 0).amounts(by: 3) == [0, 0, 5])
    }

    @Test("a payer has paid more than nothing at least once, and is new with the first such payment")
    func payers() {
        let fold = fold([
            (0, [(0, -3)]), (0, [(0, 0)]), (0, [(Self.day, 2), (Self.day, -2)]), (0, []),
            (0, [(0, 0), (2 * Self.day, 4), (0, -1)]), (0, [(3 * Self.day, 1)]),
        ])
        let cohort = fold.cohort(series: 0, bucket: 0)
        #expect((cohort.people, cohort.payers, cohort.amount) == (6, 3, 1))
        #expect(cohort.payers(by: 3) == [0, 1, 2])
        #expect((0..<3).map { cohort.firstPayers(on: $0..<$0 + 1) } == [0, 1, 1])
        #expect(cohort.firstPayers(on: 0..<9) == 2, "later ones are not told apart")
        #expect(cohort.payments == 8, "of nothing and given back, too")
        #expect((0..<3).map { cohort.payments(on: $0..<$0 + 1) } == [4, 2, 1])
    }

    @Test("merged and combined")
    func merged() {
        let people: [Person] = [(5, [(6, 1.5)]), (10 * Self.day, [(11 * Self.day, 2)]), (9, [])]
        var parts = people.map { fold([$0]) }
        parts[1].merge(parts[2])
        parts[0].merge(parts[1])
        for fold in [parts[0], fold(people)] {
            let all = fold.combined(series: 0, buckets: 0..<2)
            #expect((all.people, all.payers, all.amount) == (3, 2, 3.5))
            #expect(all.amounts(by: 3) == [1.5, 3.5, 3.5])
            #expect(all.payers(by: 3) == [1, 2, 2])
            #expect(fold.cohort(series: 0, bucket: 1).people == 1)
            #expect(fold.combined(series: 0, buckets: [0]).people == 2)
            #expect(fold.people(series: 0) == 3)
        }
    }
}
