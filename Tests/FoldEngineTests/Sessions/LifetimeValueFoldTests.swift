import Testing

@testable import FoldEngine

@Suite struct LifetimeValueFoldTests {
    private static let day: Int64 = 86_400_000

    private func fold(now: Int64, _ people: [(first: Int64, payments: [(Int64, Double)])]) -> LifetimeValueFold {
        var fold = LifetimeValueFold(now: now, days: [1, 2], series: 1, buckets: 2)
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

    @Test("a day is 24 hours from the first event; its last millisecond counts, the next does not")
    func days() {
        let fold = fold(now: 100 * Self.day, [(7, [(7, 1), (7 + Self.day - 1, 2), (7 + Self.day, 4)])])
        let cohort = fold.cohort(series: 0, bucket: 0)
        #expect(cohort.amountByThen == [3, 7])
        #expect(cohort.amount == 7)
        #expect((cohort.people, cohort.payers) == (1, 1))
    }

    @Test("who is not as old as that is left out of it; on the very millisecond they are in")
    func age() {
        let people: [(first: Int64, payments: [(Int64, Double)])] = [(0, [(0, 5)]), (1, [(1, 7)])]
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
        let people: [(first: Int64, payments: [(Int64, Double)])] = [
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
