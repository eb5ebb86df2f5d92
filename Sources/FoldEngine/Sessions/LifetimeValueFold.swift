/// Adds up what new people have paid, by bucket of their first event and by how long after it.
public struct LifetimeValueFold: Sendable {
    /// So many milliseconds are a day. Source: Documentation/revenue.md M7.
    private static let dayMs: Int64 = 86_400_000

    /// People of one bucket, or of several together.
    public struct Cohort: Sendable {
        public fileprivate(set) var people = 0
        /// People with at least one payment above zero.
        public fileprivate(set) var payers = 0
        public fileprivate(set) var amount = 0.0
        /// Be they of nothing, or given back.
        public fileprivate(set) var payments = 0
        /// By day of 24 hours from the first event: what was paid on it, how often, and who then paid above zero for the
        /// first time. Up to the last day on which somebody did.
        private var amounts: [Double] = []
        private var paymentsOnDays: [Int] = []
        private var firstPayers: [Int] = []

        public init() {}

        /// - Parameter days: how many are of interest; those after them are in the sums alone.
        fileprivate mutating func add(_ payments: [(day: Int64, amount: Double)], _ days: Int) {
            people += 1
            for payment in payments {
                amount += payment.amount
                self.payments += 1
                guard payment.day < days else { continue }
                amounts.fill(upTo: Int(payment.day) + 1, with: 0)
                amounts[Int(payment.day)] += payment.amount
                paymentsOnDays.fill(upTo: Int(payment.day) + 1, with: 0)
                paymentsOnDays[Int(payment.day)] += 1
            }
            guard let first = payments.filter({ $0.amount > 0 }).map(\.day).min() else { return }
            payers += 1
            guard first < days else { return }
            firstPayers.fill(upTo: Int(first) + 1, with: 0)
            firstPayers[Int(first)] += 1
        }

        public mutating func add(_ other: Cohort) {
            people += other.people
            payers += other.payers
            amount += other.amount
            payments += other.payments
            amounts.fill(upTo: other.amounts.count, with: 0)
            for day in other.amounts.indices { amounts[day] += other.amounts[day] }
            paymentsOnDays.fill(upTo: other.paymentsOnDays.count, with: 0)
            for day in other.paymentsOnDays.indices { paymentsOnDays[day] += other.paymentsOnDays[day] }
            firstPayers.fill(upTo: other.firstPayers.count, with: 0)
            for day in other.firstPayers.indices { firstPayers[day] += other.firstPayers[day] }
        }

        /// What was paid on these days, counted from 0.
        public func amount(on days: Range<Int>) -> Double { amounts[days.clamped(to: amounts.indices)].reduce(0, +) }

        /// How many payments came on these days, counted from 0.
        public func payments(on days: Range<Int>) -> Int {
            paymentsOnDays[days.clamped(to: paymentsOnDays.indices)].reduce(0, +)
        }

        /// People whose first payment came on these days, counted from 0.
        public func firstPayers(on days: Range<Int>) -> Int {
            firstPayers[days.clamped(to: firstPayers.indices)].reduce(0, +)
        }

        /// By number of days from 1 on: what had been paid by their end.
        public func amounts(by days: Int) -> [Double] { Self.running(amounts, days) }

        /// By number of days from 1 on: people who had paid by their end.
        public func payers(by days: Int) -> [Int] { Self.running(firstPayers, days) }

        private static func running<Number: AdditiveArithmetic>(_ numbers: [Number], _ count: Int) -> [Number] {
            var sum = Number.zero
            return (0..<count).map { index in
                if index < numbers.count { sum += numbers[index] }
                return sum
            }
        }
    }

    private let days: Int
    private let buckets: Int
    /// Index: series × buckets + bucket.
    private var cohorts: [Cohort]

    /// - Parameter days: how many after the first event are told apart.
    public init(days: Int, series: Int, buckets: Int) {
        self.days = days
        self.buckets = buckets
        cohorts = Array(repeating: Cohort(), count: series * buckets)
    }

    /// Adds one person.
    ///
    /// - Parameters:
    ///   - first: the millisecond of the first event.
    ///   - payments: milliseconds, none before that, and amounts, negative for refunds.
    public mutating func add(first: Int64, bucket: Int, series: Int, payments: [(time: Int64, amount: Double)]) {
        let byDay = payments.map { (day: max(0, $0.time - first) / Self.dayMs, amount: $0.amount) }
        cohorts[series * buckets + bucket].add(byDay, days)
    }

    /// Takes in another fold of the same question, but over other people.
    public mutating func merge(_ other: LifetimeValueFold) {
        for i in cohorts.indices { cohorts[i].add(other.cohorts[i]) }
    }

    public func cohort(series: Int, bucket: Int) -> Cohort { cohorts[series * buckets + bucket] }

    /// The people of several buckets together.
    public func combined(series: Int, buckets: some Sequence<Int>) -> Cohort {
        buckets.reduce(into: Cohort()) { $0.add(cohort(series: series, bucket: $1)) }
    }

    public func people(series: Int) -> Int {
        (0..<buckets).reduce(0) { $0 + cohorts[series * buckets + $1].people }
    }
}
