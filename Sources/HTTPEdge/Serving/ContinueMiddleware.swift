import HTTPConnections
import Hummingbird
import NIOCore

/// Tells the connection when a route begins to read the body of a request whose sender waits to be told so
/// (`Expect: 100-continue`). A route that refuses without a look at the body leaves it unsent.
struct ContinueMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var request = request
        if request.headers[.expect] != nil, let channel = (context as? any ConnectedRequestContext)?.channel {
            request.body = RequestBody(asyncSequence: AwaitedBody(body: request.body, channel: channel))
        }
        return try await next(request, context)
    }
}

/// A body that says when it is read.
private struct AwaitedBody: AsyncSequence, Sendable {
    let body: RequestBody
    let channel: any Channel

    func makeAsyncIterator() -> Iterator {
        Iterator(parts: body.makeAsyncIterator(), channel: channel)
    }

    struct Iterator: AsyncIteratorProtocol {
        var parts: RequestBody.AsyncIterator
        /// `nil` once it has been told.
        var channel: (any Channel)?

        mutating func next() async throws -> ByteBuffer? {
            channel.take()?.triggerUserOutboundEvent(BodyIsWanted(), promise: nil)
            return try await parts.next()
        }
    }
}
