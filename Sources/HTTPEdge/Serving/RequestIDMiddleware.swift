import Hummingbird
import Logging

/// Gives each request a name that the log and the answer have in common: the sender's, if it is one, else a new one.
struct RequestIDMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        let id = request.headers[.xRequestID].flatMap { Self.isName($0) ? $0 : nil } ?? "\(RequestID())"
        // Hummingbird's own place for it: `context.id`.
        context.logger[metadataKey: "hb.request.id"] = "\(id)"
        var response = try await next(request, context)
        response.headers[.xRequestID] = id
        return response
    }

    /// What may stand in a log: 1 to 128 letters, digits, dots, underscores and dashes.
    private static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

extension HTTPFields.Element.Name {
    static var xRequestID: Self { Self("X-Request-Id")! }
}
