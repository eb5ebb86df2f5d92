public import HTTPEdge
public import Hummingbird
public import Ingestion

/// Amplitude's HTTP surface: request to typed query or batch, answer to Amplitude's JSON.
public struct AmplitudeRoutes: Sendable {
    private let host: any ProjectHost
    private let limits: RequestLimits
    private let enrichment: Enrichment

    /// - Parameters:
    ///   - limits: Amplitude's if left out.
    ///   - enrichment: what the server adds to what events say of themselves.
    public init(
        host: any ProjectHost,
        limits: RequestLimits = RequestLimits(),
        enrichment: Enrichment = .none
    ) {
        self.host = host
        self.limits = limits
        self.enrichment = enrichment
    }

    public func add(to router: Router<some RequestContext>) {
        router.add(middleware: AnyOriginMiddleware())
        router.add(middleware: UnknownPathMiddleware())
        IngestionRoutes(host: host, limits: limits, enrichment: enrichment).add(to: router)
        DashboardRoutes(host: host).add(to: router)
        PeopleRoutes(host: host).add(to: router)
        TaxonomyRoutes(host: host).add(to: router)
        CustomEventRoutes(host: host).add(to: router)
    }
}
