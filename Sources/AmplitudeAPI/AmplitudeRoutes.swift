public import Hummingbird
public import Ingestion

/// Amplitude's HTTP surface: request to typed query or batch, answer to Amplitude's JSON.
public struct AmplitudeRoutes: Sendable {
    private let host: any ProjectHost
    private let enrichment: Enrichment

    /// - Parameter enrichment: what the server adds to what events say of themselves.
    public init(host: any ProjectHost, enrichment: Enrichment = .none) {
        self.host = host
        self.enrichment = enrichment
    }

    public func add(to router: Router<some RequestContext>) {
        router.add(middleware: AnyOriginMiddleware())
        router.add(middleware: UnknownPathMiddleware())
        IngestionRoutes(host: host, enrichment: enrichment).add(to: router)
        DashboardRoutes(host: host).add(to: router)
    }
}
