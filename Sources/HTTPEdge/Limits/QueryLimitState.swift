/// How much a project may ask. Source: Documentation/http.md H18.
public struct QueryLimitRules: Hashable, Sendable {
    /// Over all endpoints, those that look up people too.
    public var requestsAtOnce = 5
    /// What questions cost together that are under way at the same time.
    public var costAtOnce = 1_000
    public var costPerHour = 108_000
    /// useractivity and usersearch.
    public var lookupsPerHour = 360
    /// The Taxonomy API: reads cost 1, changes 2.
    public var taxonomyCostAtOnce = 4
    public var taxonomyCostPerHour = 7_200

    /// Amplitude's own.
    public init() {}
}

/// A request that would exceed a limit.
public struct QueryLimitExceeded: Error, Hashable, Sendable {
    public enum Limit: Hashable, Sendable {
        case requestsAtOnce
        case costAtOnce
        case costPerHour
        case lookupsPerHour
        case taxonomyCostAtOnce
        case taxonomyCostPerHour
    }

    public var limit: Limit
    /// What the request costs as such; a look-up costs 1.
    public var cost: Int
    /// What others have taken of the limit.
    public var used: Int
    public var most: Int
    /// `nil` if it alone is more than the limit allows.
    public var retryAfter: Duration?
}

/// Which requests of a project may run: the decisions of ``QueryLimits``, without a clock or a thread.
struct QueryLimitState {
    enum Work: Hashable {
        case query(QueryCost)
        /// useractivity, usersearch.
        case lookup
        case taxonomy(cost: Int)
    }

    private let rules: QueryLimitRules
    private(set) var runningRequests = 0
    private(set) var runningCost = 0
    private(set) var runningTaxonomyCost = 0
    private var hour: RollingBudget
    private var lookups: RollingBudget
    private var taxonomy: RollingBudget

    init(_ rules: QueryLimitRules) {
        self.rules = rules
        hour = RollingBudget(limit: rules.costPerHour, span: .seconds(3600))
        lookups = RollingBudget(limit: rules.lookupsPerHour, span: .seconds(3600))
        taxonomy = RollingBudget(limit: rules.taxonomyCostPerHour, span: .seconds(3600))
    }

    /// Lets work begin, which then must ``end(_:)``, or refuses it. What is refused costs nothing.
    mutating func begin(_ work: Work, at now: ContinuousClock.Instant) throws(QueryLimitExceeded) {
        switch work {
        case .query(let cost):
            // What can never pass is told so, whatever else is full.
            try check(.costAtOnce, cost.points, beside: 0, of: rules.costAtOnce)
            try hour.check(.costPerHour, cost.points, at: now)
            try check(.requestsAtOnce, 1, beside: runningRequests, of: rules.requestsAtOnce, cost: cost.points)
            try check(.costAtOnce, cost.points, beside: runningCost, of: rules.costAtOnce)
            runningRequests += 1
            runningCost += cost.points
            hour.spend(cost.points, at: now)
        case .lookup:
            try lookups.check(.lookupsPerHour, 1, at: now)
            try check(.requestsAtOnce, 1, beside: runningRequests, of: rules.requestsAtOnce)
            runningRequests += 1
            lookups.spend(1, at: now)
        case .taxonomy(let cost):
            try taxonomy.check(.taxonomyCostPerHour, cost, at: now)
            try check(.taxonomyCostAtOnce, cost, beside: runningTaxonomyCost, of: rules.taxonomyCostAtOnce)
            runningTaxonomyCost += cost
            taxonomy.spend(cost, at: now)
        }
    }

    mutating func end(_ work: Work) {
        switch work {
        case .query(let cost):
            runningRequests -= 1
            runningCost -= cost.points
        case .lookup: runningRequests -= 1
        case .taxonomy(let cost): runningTaxonomyCost -= cost
        }
    }

    /// - Parameters:
    ///   - added: what the request adds to what runs.
    ///   - cost: of the request, if that is something else.
    private func check(
        _ limit: QueryLimitExceeded.Limit,
        _ added: Int,
        beside running: Int,
        of most: Int,
        cost: Int? = nil
    ) throws(QueryLimitExceeded) {
        if running + added <= most { return }
        // Nobody knows when what runs will end, but it is worth asking again soon.
        let wait: Duration? = added > most ? nil : .seconds(1)
        throw QueryLimitExceeded(limit: limit, cost: cost ?? added, used: running, most: most, retryAfter: wait)
    }
}

extension RollingBudget {
    fileprivate mutating func check(
        _ limit: QueryLimitExceeded.Limit,
        _ cost: Int,
        at now: Instant
    ) throws(QueryLimitExceeded) {
        let wait = wait(for: cost, at: now)
        if wait == .zero { return }
        throw QueryLimitExceeded(limit: limit, cost: cost, used: spent, most: self.limit, retryAfter: wait)
    }
}
