/// Adds up what new people have paid within some days of their first event, by bucket of that event.
public struct LifetimeValueFold: Sendable {
    /// People of one bucket, or of several together.
    public struct Cohort: Sendable {
        public fileprivate(set) var people = 0
        /// People with at least one payment above zero.
        public fileprivate(set) var payers = 0
        public fileprivate(set) var amount = 0.0
        /// By number of days: people who are as old as that, those of them who have ever paid, those who had by then, and
        /// what had been paid by then.
        public fileprivate(set) var oldEnough: [Int]
        public fileprivate(set) var everPaid: [Int]
        public fileprivate(set) var paidByThen: [Int]
        public fileprivate(set) var amountByThen: [Double]

        fileprivate init(_ count: Int) {
            oldEnough = Array(repeating: 0, count: count)
            everPaid = oldEnough
            paidByThen = oldEnough
            amountByThen = Array(repeating: 0, count: count)
        }

        public mutating func add(_ other: Cohort) {
            people += other.people
            payers += other.payers
            amount += other.amount
            for i in oldEnough.indices {
                oldEnough[i] += other.oldEnough[i]
                everPaid[i] += other.everPaid[i]
                paidByThen[i] += other.paidByThen[i]
                amountByThen[i] += other.amountByThen[i]
            }
        }
    }

    /// Milliseconds since 1970.
    private let now: Int64
    /// Milliseconds after the first event.
    private let ages: [Int64]
    private let buckets: Int
    /// Index: series × buckets + bucket.
    private var cohorts: [Cohort]

    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - days: the ages, each so many times 24 hours.
    public init(now: Int64, days: [Int], series: Int, buckets: Int) {
        self.now = now
        ages = days.map { Int64($0) * 86_400_000 }
        self.buckets = buckets
        cohorts = Array(repeating: Cohort(days.count), count: series * buckets)
    }

    /// Adds one person.
    ///
    /// - Parameters:
    ///   - first: when the first event was, in milliseconds since 1970.
    ///   - payments: likewise, and amounts, negative for refunds.
    public mutating func add(first: Int64, bucket: Int, series: Int, payments: [(time: Int64, amount: Double)]) {
        let cell = series * buckets + bucket
        let isPayer = payments.contains { $0.amount > 0 }
        cohorts[cell].people += 1
        if isPayer { cohorts[cell].payers += 1 }
        for payment in payments { cohorts[cell].amount += payment.amount }
        for (index, age) in ages.enumerated() where now - first >= age {
            cohorts[cell].oldEnough[index] += 1
            if isPayer { cohorts[cell].everPaid[index] += 1 }
            var hasPaid = false
            for payment in payments where payment.time - first < age {
                cohorts[cell].amountByThen[index] += payment.amount
                if payment.amount > 0 { hasPaid = true }
            }
            if hasPaid { cohorts[cell].paidByThen[index] += 1 }
        }
    }

    /// Takes in another fold of the same question, but over other people.
    public mutating func merge(_ other: LifetimeValueFold) {
        for i in cohorts.indices { cohorts[i].add(other.cohorts[i]) }
    }

    public func cohort(series: Int, bucket: Int) -> Cohort { cohorts[series * buckets + bucket] }

    /// All buckets together.
    public func combined(series: Int) -> Cohort {
        var all = Cohort(ages.count)
        for bucket in 0..<buckets { all.add(cohort(series: series, bucket: bucket)) }
        return all
    }
}
