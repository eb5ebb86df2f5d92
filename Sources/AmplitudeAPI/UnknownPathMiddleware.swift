import Hummingbird

/// Answers what no route is for in the envelope that the routes use.
struct UnknownPathMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return APIError.notFound(request.uri.path).response
        }
    }
}
