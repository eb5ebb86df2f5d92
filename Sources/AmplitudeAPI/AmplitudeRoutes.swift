public import Hummingbird

/// Amplitude's HTTP surface: request to typed query or batch, answer to Amplitude's JSON.
public struct AmplitudeRoutes: Sendable {
    private let host: any ProjectHost

    public init(host: any ProjectHost) {
        self.host = host
    }

    public func add(to router: Router<some RequestContext>) {
        router.add(middleware: AnyOriginMiddleware())
        router.add(middleware: UnknownPathMiddleware())
        IngestionRoutes(host: host).add(to: router)
        DashboardRoutes(host: host).add(to: router)
    }
}
