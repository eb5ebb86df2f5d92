import ColumnEngine
import EventModel
import FoldEngine
import QueryModel
import Storage

/// Finds people's first events and payments.
struct LifetimeValueScan: EventFold {
    let axis: TimeAxis
    private(set) var firsts: [StreamStart]
    let payment: MatcherPlan.Matched
    /// By code of the revenue.
    let amounts: [Double]
    private(set) var groups: GroupPlan
    private var series: SeriesReader?
    let countedTypes: [Bool]
    /// Seconds since 1970.
    private let now: Int64
    private let buckets: BucketTable
    private let shown: Range<UInt32>
    /// One for each segment.
    private(set) var folds: [LifetimeValueFold]
    private var payments: [(time: Int64, amount: Double)] = []
    private var allowed: [Bool] = []

    init(
        axis: TimeAxis,
        firsts: [StreamStart],
        payment: MatcherPlan.Matched,
        amounts: [Double],
        groups: GroupPlan,
        countedTypes: [Bool],
        now: Int64
    ) {
        self.axis = axis
        self.firsts = firsts
        self.payment = payment
        self.amounts = amounts
        self.groups = groups
        series = SeriesReader(groups)
        self.countedTypes = countedTypes
        self.now = now
        buckets = BucketTable(axis)
        shown = axis.shown.asBlockSeconds
        let fold = Self.fold(axis, groups)
        folds = firsts.map { _ in fold }
    }

    private static func fold(_ axis: TimeAxis, _ groups: GroupPlan) -> LifetimeValueFold {
        LifetimeValueFold(
            days: LifetimeValueQuery.days.count,
            series: groups.groups.count,
            buckets: axis.bucketCount
        )
    }

    /// The same, but for one series of one segment.
    func only(_ segment: Int, series: Int) -> LifetimeValueScan {
        var scan = self
        scan.firsts = [firsts[segment]]
        scan.groups.keep([groups.groups[series]])
        scan.series = SeriesReader(scan.groups)
        scan.folds = [Self.fold(axis, scan.groups)]
        return scan
    }

    mutating func add(_ events: ScannedEvents) {
        guard let times = events.block.longs[.time] else { return }
        // Taken once, not for each person.
        let revenue = events.block.columns[.revenue]
        let reader = series?.reader(of: events.block)
        let lists = series?.lists ?? SeriesLists()
        let (seconds, masks, places) = (events.block.seconds.span, events.masks.span, events.places.span)
        events.forEachPerson { person, indexes in
            guard let firstPlace = events.block.firstPlace(ofPerson: person, types: countedTypes) else { return }
            let second = seconds[firstPlace]
            // The first event ever is the first of those selected, if it is one of them.
            guard shown.contains(second), Int(places[indexes.lowerBound]) == firstPlace else { return }
            payments.removeAll(keepingCapacity: true)
            for index in indexes where masks[index] & payment.bits != 0 {
                let place = Int(places[index])
                let amount = amounts[Int(revenue?[place] ?? 0)]
                if !amount.isNaN { payments.append((times[place], amount)) }
            }
            let bucket = buckets.bucket(of: Int64(second))
            for (segment, first) in firsts.enumerated() {
                guard masks[indexes.lowerBound] & first.matched.bits != 0 else { continue }
                if let conditions = first.conditions {
                    conditions.judge(events, person, indexes, firstPlace, &allowed)
                    guard allowed[bucket] else { continue }
                }
                lists.forEach(reader?.number(at: firstPlace) ?? 0) { series in
                    folds[segment].add(
                        first: times[firstPlace],
                        bucket: bucket,
                        series: Int(series),
                        payments: payments
                    )
                }
            }
        }
    }

    mutating func merge(_ other: LifetimeValueScan) {
        for index in folds.indices { folds[index].merge(other.folds[index]) }
    }

    // MARK: Results

    /// Whether a bucket began so many days ago; one that the range cuts begins with the range. Source:
    /// Documentation/revenue.md M10.
    func isComplete(_ days: Int, bucket: Int) -> Bool {
        max(axis.bounds[axis.leadCount + bucket], axis.shown.lowerBound) + Int64(days) * 86_400 <= now
    }

    func series(_ segment: Int, _ query: LifetimeValueQuery) -> [LifetimeValueAnswer.Series] {
        let fold = folds[segment]
        func series(_ number: Int, group: String?) -> LifetimeValueAnswer.Series {
            let cohorts = (0..<axis.bucketCount).map { fold.cohort(series: number, bucket: $0) }
            return answer(segment, group, cohorts, query.metric)
        }
        guard query.groupBy != nil else { return [series(0, group: nil)] }
        // Ranked by people before anything else is made of a group: most of many groups are left out.
        let largest = (0..<groups.count).map { (number: $0, people: fold.people(series: $0)) }
            .filter { $0.people > 0 }
            .largestFirst(by: \.people, group: { groups.labels(of: $0.number) })
            .prefix(query.limit)
        if largest.isEmpty {
            let nobody = Array(repeating: LifetimeValueFold.Cohort(), count: axis.bucketCount)
            return [answer(segment, noValueLabel, nobody, query.metric)]
        }
        return largest.map { series($0.number, group: groups.labels(of: $0.number)[0]) }
    }

    /// - Parameter cohorts: by bucket.
    private func answer(
        _ segment: Int,
        _ group: String?,
        _ cohorts: [LifetimeValueFold.Cohort],
        _ metric: LifetimeValueQuery.Metric
    ) -> LifetimeValueAnswer.Series {
        let days = LifetimeValueQuery.days
        let isComplete = cohorts.indices.map { bucket in days.map { self.isComplete($0, bucket: bucket) } }
        let sums = zip(cohorts, isComplete).map { CohortSums($0, $1, days.count) }
        let all = cohorts.reduce(into: LifetimeValueFold.Cohort()) { $0.add($1) }
        return LifetimeValueAnswer.Series(
            segment: segment,
            group: group,
            cohorts: cohorts.indices.map { cohorts[$0].answer(metric, isComplete[$0], [sums[$0]]) },
            combined: all.answer(metric, days.indices.map { day in isComplete.contains { $0[day] } }, sums)
        )
    }
}

/// What a row's people had paid, by number of days from 1 on; nothing where the row is not complete.
private struct CohortSums {
    /// With how many the amounts are divided.
    var people: [Int]
    var everPaid: [Int]
    var payers: [Int]
    var amounts: [Double]

    init(_ cohort: LifetimeValueFold.Cohort, _ isComplete: [Bool], _ days: Int) {
        people = isComplete.map { $0 ? cohort.people : 0 }
        everPaid = isComplete.map { $0 ? cohort.payers : 0 }
        payers = zip(cohort.payers(by: days), isComplete).map { $1 ? $0 : 0 }
        amounts = zip(cohort.amounts(by: days), isComplete).map { $1 ? $0 : 0 }
    }
}

extension LifetimeValueFold.Cohort {
    /// - Parameter sums: of the rows that it is made of.
    fileprivate func answer(
        _ metric: LifetimeValueQuery.Metric,
        _ isComplete: [Bool],
        _ sums: [CohortSums]
    ) -> LifetimeValueAnswer.Cohort {
        func quotient(_ amount: Double, _ people: Int) -> Double { people == 0 ? 0 : amount / Double(people) }
        func whole<Number: AdditiveArithmetic>(_ numbers: KeyPath<CohortSums, [Number]>, _ day: Int) -> Number {
            sums.reduce(.zero) { $0 + $1[keyPath: numbers][day] }
        }
        return LifetimeValueAnswer.Cohort(
            values: isComplete.indices.map { day in
                switch metric {
                case .perPerson: quotient(whole(\.amounts, day), whole(\.people, day))
                case .perPayer: quotient(whole(\.amounts, day), whole(\.everPaid, day))
                case .total: whole(\.amounts, day)
                case .payers: Double(whole(\.payers, day))
                }
            },
            isComplete: isComplete,
            newPayers: LifetimeValueQuery.newPayerDays.indices.map { newPayers($0) },
            people: people,
            payers: payers,
            amount: amount
        )
    }

    /// - Parameter index: in ``LifetimeValueQuery/newPayerDays``.
    func newPayers(_ index: Int) -> Int {
        let days = LifetimeValueQuery.newPayerDays
        return firstPayers(on: (index == 0 ? 0 : days[index - 1])..<days[index])
    }
}
