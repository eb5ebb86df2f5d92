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
    /// Milliseconds since 1970.
    let now: Int64
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
        let fold = Self.fold(axis, groups, now: now)
        folds = firsts.map { _ in fold }
    }

    private static func fold(_ axis: TimeAxis, _ groups: GroupPlan, now: Int64) -> LifetimeValueFold {
        LifetimeValueFold(
            now: now,
            days: LifetimeValueQuery.days,
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
        scan.folds = [Self.fold(axis, scan.groups, now: now)]
        return scan
    }

    mutating func add(_ events: ScannedEvents) {
        // Taken once, not for each person.
        guard let times = events.block.longs[.time] else { return }
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

    /// Seconds since the end of a bucket: as old are the youngest who can be in it, at least.
    private func age(of bucket: Int) -> Int64 { now / 1000 - axis.end(of: bucket) }

    func series(_ segment: Int, _ query: LifetimeValueQuery) -> [LifetimeValueAnswer.Series] {
        let fold = folds[segment]
        let all = (0..<groups.count).map { series in
            LifetimeValueAnswer.Series(
                segment: segment,
                group: query.groupBy == nil ? nil : groups.labels(of: series)[0],
                cohorts: (0..<axis.bucketCount).map { bucket in
                    fold.cohort(series: series, bucket: bucket).answer(query.metric, age(of: bucket))
                },
                combined: fold.combined(series: series).answer(query.metric, age(of: axis.bucketCount - 1))
            )
        }
        guard query.groupBy != nil else { return all }
        return Array(
            all.filter { $0.combined.people > 0 }
                .largestFirst(by: { $0.combined.people }, group: { [$0.group ?? ""] })
                .prefix(query.limit)
        )
    }
}

extension LifetimeValueFold.Cohort {
    /// - Parameter age: that of the youngest, in seconds.
    fileprivate func answer(_ metric: LifetimeValueQuery.Metric, _ age: Int64) -> LifetimeValueAnswer.Cohort {
        func quotient(_ amount: Double, _ people: Int) -> Double { people == 0 ? 0 : amount / Double(people) }
        func value(_ amount: Double, _ people: Int, _ everPaid: Int, _ paid: Int) -> Double {
            switch metric {
            case .perPerson: quotient(amount, people)
            case .perPayer: quotient(amount, everPaid)
            case .total: amount
            case .payers: Double(paid)
            }
        }
        return LifetimeValueAnswer.Cohort(
            values: oldEnough.indices.map {
                value(amountByThen[$0], oldEnough[$0], everPaid[$0], paidByThen[$0])
            },
            isComplete: LifetimeValueQuery.days.map { age >= Int64($0) * 86_400 },
            total: value(amount, people, payers, payers),
            people: people,
            payers: payers,
            amount: amount
        )
    }
}
