/// How much a project may ask. Source: Documentation/http.md H18.
public struct QueryLimitRules: Hashable, Sendable {
    /// Over all endpoints but those of single users.
    public var concurrentQueries = 5
    /// The documentation's newest wording; an older one has it for what runs at the same time.
    public var costPerFiveMinutes = 1_000
    public var costPerHour = 108_000
    /// useractivity and usersearch.
    public var concurrentLookups = 10
    public var lookupsPerHour = 360
    /// The Taxonomy API: reads cost 1, changes 2. Source: Documentation/http.md H18.
    public var concurrentTaxonomyCost = 4
    public var taxonomyCostPerHour = 7_200

    /// Amplitude's own.
    public init() {}
}

/// A query that would exceed a limit.
public struct QueryLimitExceeded: Error, Hashable, Sendable {
    public enum Limit: Hashable, Sendable {
        /// On what runs at the same time.
        case concurrency
        /// On what is asked within some time.
        case rate
    }

    public var limit: Limit
    /// Of the query.
    public var points: Int
    /// `nil` if it alone is more than the limit allows.
    public var retryAfter: Duration?
}

/// Which queries of a project may run: the decisions of ``QueryLimits``, without a clock or a thread.
struct QueryLimitState {
    enum Work: Hashable {
        case query(QueryCost)
        /// useractivity, usersearch.
        case lookup
        case taxonomy(cost: Int)
    }

    private let rules: QueryLimitRules
    private(set) var runningQueries = 0
    private(set) var runningLookups = 0
    private(set) var runningTaxonomyCost = 0
    private var fiveMinutes: RollingBudget
    private var hour: RollingBudget
    private var lookups: RollingBudget
    private var taxonomy: RollingBudget

    init(_ rules: QueryLimitRules) {
        self.rules = rules
        fiveMinutes = RollingBudget(limit: rules.costPerFiveMinutes, span: .seconds(300))
        hour = RollingBudget(limit: rules.costPerHour, span: .seconds(3600))
        lookups = RollingBudget(limit: rules.lookupsPerHour, span: .seconds(3600))
        taxonomy = RollingBudget(limit: rules.taxonomyCostPerHour, span: .seconds(3600))
    }

    /// Lets work begin, which then must ``end(_:)``, or refuses it. What is refused costs nothing.
    mutating func begin(_ work: Work, at now: ContinuousClock.Instant) throws(QueryLimitExceeded) {
        switch work {
        case .query(let cost):
            let wait = Self.longer(
                fiveMinutes.wait(for: cost.points, at: now),
                hour.wait(for: cost.points, at: now)
            )
            try Self.check(cost.points, isFull: runningQueries >= rules.concurrentQueries, wait)
            runningQueries += 1
            fiveMinutes.spend(cost.points, at: now)
            hour.spend(cost.points, at: now)
        case .lookup:
            let wait = lookups.wait(for: 1, at: now)
            try Self.check(1, isFull: runningLookups >= rules.concurrentLookups, wait)
            runningLookups += 1
            lookups.spend(1, at: now)
        case .taxonomy(let cost):
            let wait = taxonomy.wait(for: cost, at: now)
            try Self.check(cost, isFull: runningTaxonomyCost + cost > rules.concurrentTaxonomyCost, wait)
            runningTaxonomyCost += cost
            taxonomy.spend(cost, at: now)
        }
    }

    mutating func end(_ work: Work) {
        switch work {
        case .query: runningQueries -= 1
        case .lookup: runningLookups -= 1
        case .taxonomy(let cost): runningTaxonomyCost -= cost
        }
    }

    private static func check(_ points: Int, isFull: Bool, _ wait: Duration?) throws(QueryLimitExceeded) {
        guard let wait else { throw QueryLimitExceeded(limit: .rate, points: points, retryAfter: nil) }
        if isFull {
            // Nobody knows when a running query ends, but it is worth asking again soon.
            throw QueryLimitExceeded(limit: .concurrency, points: points, retryAfter: max(wait, .seconds(1)))
        }
        if wait > .zero { throw QueryLimitExceeded(limit: .rate, points: points, retryAfter: wait) }
    }

    private static func longer(_ a: Duration?, _ b: Duration?) -> Duration? {
        guard let a, let b else { return nil }
        return max(a, b)
    }
}
