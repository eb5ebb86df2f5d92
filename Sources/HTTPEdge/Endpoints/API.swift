public import Hummingbird

/// The server's HTTP surface: families of endpoints, ready for a router.
public struct API: Sendable {
    public let endpoints: EndpointRegistry
    private let host: any ProjectHost

    /// Adds the description of them all, at `/openapi.json`.
    ///
    /// - Parameter families: the first answers for paths that belong to no other.
    public init(_ host: any ProjectHost, families: [Family]) {
        self.host = host
        endpoints = EndpointRegistry(families + [.description(of: families)])
    }

    public func add(to router: Router<some RequestContext>) {
        router.add(middleware: RequestIDMiddleware())
        router.add(middleware: ContinueMiddleware())
        router.add(middleware: UnknownRouteMiddleware(endpoints: endpoints))
        for entry in endpoints.entries {
            let responder = EndpointResponder(
                entry.endpoint,
                of: entry.family,
                host: host,
                questions: endpoints.questions
            )
            for method in entry.endpoint.routedMethods {
                router.on(RouterPath(entry.endpoint.path), method: method) { request, context in
                    await responder.respond(to: request, context)
                }
            }
        }
    }
}
