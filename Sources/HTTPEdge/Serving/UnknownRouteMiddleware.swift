import Hummingbird
import Logging

/// Answers what no route is for: preflights, known paths with another method, and paths that nobody knows, each in the
/// envelope of its family.
struct UnknownRouteMiddleware<Context: RequestContext>: RouterMiddleware {
    let endpoints: EndpointRegistry

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return answer(to: request, context.logger)
        }
    }

    private func answer(to request: Request, _ logger: Logger) -> Response {
        let path = request.uri.path
        let known = endpoints.entries(at: path)
        let family = known.first?.family ?? endpoints.family(of: path)
        if request.method == .options, family.allowsAnyOrigin { return preflight(request) }
        let allowed = known.flatMap(\.endpoint.routedMethods)
        let failure: Failure =
            known.isEmpty ? .unknownPath(path) : .methodNotAllowed(request.method, path, allowed: allowed)
        logger.debug("no endpoint is asked", metadata: request.line(failure.status))
        return Response(Reply(failure, family.envelope), to: request, of: family)
    }

    /// Whatever headers a page wants to send, it may.
    private func preflight(_ request: Request) -> Response {
        var headers: HTTPFields = [
            .accessControlAllowOrigin: "*", .accessControlAllowMethods: "GET, POST, PUT, DELETE, OPTIONS",
            .accessControlMaxAge: "86400",
        ]
        headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        return Response(status: .noContent, headers: headers)
    }
}
