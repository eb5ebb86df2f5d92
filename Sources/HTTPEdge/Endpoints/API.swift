public import HTTPConnections
public import Hummingbird

/// The server's HTTP surface: families of endpoints, ready for a router.
public struct API: Sendable {
    public let endpoints: EndpointRegistry
    let door: Door
    let proxies: TrustedProxies

    /// Adds the description of them all, at `/openapi.json`.
    ///
    /// - Parameters:
    ///   - families: the first answers for paths that belong to no other.
    ///   - proxies: whose word about a request's sender is believed.
    ///   - accounts: who may sign in; nobody, if left out.
    public init(
        _ host: any ProjectHost,
        families: [Family],
        proxies: TrustedProxies = .none,
        accounts: AccountService? = nil
    ) {
        door = Door(host: host, accounts: accounts)
        self.proxies = proxies
        endpoints = EndpointRegistry(families + [.description(of: families)])
    }

    /// - Parameter gate: bounds how much of bodies is worked on at a time.
    public func add(to router: Router<some RequestContext>, gate: BodyGate = .open) {
        router.add(middleware: RequestIDMiddleware())
        router.add(middleware: ContinueMiddleware())
        router.add(middleware: UnknownRouteMiddleware(endpoints: endpoints))
        for entry in endpoints.entries {
            let responder = EndpointResponder(entry.endpoint, of: entry.family, in: self, gate: gate)
            for method in entry.endpoint.routedMethods {
                router.on(RouterPath(entry.endpoint.path), method: method) { request, context in
                    await responder.respond(to: request, context)
                }
            }
        }
    }
}
