import Hummingbird

/// Lets pages of any origin send and ask: the keys are the protection, not the origin.
/// Source: Documentation/http.md H11.
struct AnyOriginMiddleware<Context: RequestContext>: RouterMiddleware {
    private static var methods: String { "GET, POST, PUT, DELETE, OPTIONS" }

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.method == .options else {
            var response = try await next(request, context)
            response.headers[.accessControlAllowOrigin] = "*"
            return response
        }
        // A preflight: whatever headers the page wants to send, it may.
        var headers: HTTPFields = [
            .accessControlAllowOrigin: "*", .accessControlAllowMethods: Self.methods, .accessControlMaxAge: "86400",
        ]
        headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        return Response(status: .noContent, headers: headers)
    }
}
