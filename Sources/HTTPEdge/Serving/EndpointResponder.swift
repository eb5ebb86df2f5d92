import EventModel
import Hummingbird
import Logging

/// Answers the requests to one endpoint: credentials, parameters, the endpoint's own reply, its family's refusals.
struct EndpointResponder: Sendable {
    private let endpoint: Endpoint
    private let family: Family
    private let host: any ProjectHost
    private let questions: [String: AnyQuestion]

    init(_ endpoint: Endpoint, of family: Family, host: any ProjectHost, questions: [String: AnyQuestion]) {
        self.endpoint = endpoint
        self.family = family
        self.host = host
        self.questions = questions
    }

    func respond(to request: Request, _ context: some RequestContext) async -> Response {
        let parts = endpoint.parameters.filter { $0.place == .path }.map(\.name)
        let parameters = SentParameters(
            FormFields(urlEncoded: request.uri.query ?? ""),
            parts: Dictionary(uniqueKeysWithValues: parts.map { ($0, context.decodedParameter($0)) }),
            names: ReadNames(endpoint.parameters)
        )
        let (peer, logger) = (context.peer, context.logger)
        let reply =
            if endpoint.endsWithClient {
                await context.untilHangUp { await self.reply(to: request, parameters, peer, logger) }
            } else {
                await self.reply(to: request, parameters, peer, logger)
            }
        return Response(reply, to: request, of: family)
    }

    private func reply(
        to request: Request,
        _ parameters: SentParameters,
        _ peer: String?,
        _ logger: Logger
    ) async -> Reply {
        do {
            let call = Call(
                request: request,
                parameters: parameters,
                caller: try await caller(of: request),
                peer: peer,
                host: host,
                questions: questions,
                logger: logger
            )
            let reply = try await endpoint.respond(call)
            if reply.status.kind == .serverError {
                logger.warning("a request was answered with a fault", metadata: request.line(reply.status.code))
            }
            return reply
        } catch {
            let failure = Failure(error)
            var metadata = request.line(failure.status)
            metadata["code"] = "\(failure.code)"
            // What somebody sent wrongly, such as a key, stays out of the log.
            if failure.isOurs { metadata["error"] = "\(error)" }
            logger.log(level: failure.isOurs ? .error : .debug, "\(failure.sentence)", metadata: metadata)
            return Reply(failure, family.envelope)
        }
    }

    /// - Throws: if the endpoint asks for a role, and nobody with that role asks.
    private func caller(of request: Request) async throws(Failure) -> Caller? {
        guard case .role(let role) = endpoint.access else { return nil }
        guard let caller = try await host.caller(of: request) else { throw .unauthorized }
        guard caller.role >= role else { throw .forbidden(role) }
        return caller
    }
}

extension Request {
    /// What the log says of it beside its name. A query may hold keys, so it is left out.
    func line(_ status: Int) -> Logger.Metadata {
        ["method": "\(method.rawValue.shown())", "path": "\(uri.path.shown())", "status": "\(status)"]
    }
}

extension Failure {
    /// Whether whoever runs the server should hear of it.
    fileprivate var isOurs: Bool { kind == .internal || kind == .unavailable && code != "query_cancelled" }
}

extension RequestContext {
    /// The sender's address; `nil` where the context does not know it.
    fileprivate var peer: String? {
        (self as? any RemoteAddressRequestContext)?.remoteAddress?.ipAddress
    }
}
