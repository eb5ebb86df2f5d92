import EventModel
import HTTPConnections
import Hummingbird
import Logging

/// Answers the requests to one endpoint: credentials, parameters, the endpoint's own reply, its family's refusals.
struct EndpointResponder: Sendable {
    private let endpoint: Endpoint
    private let family: Family
    private let api: API
    private let gate: BodyGate

    init(_ endpoint: Endpoint, of family: Family, in api: API, gate: BodyGate) {
        self.endpoint = endpoint
        self.family = family
        self.api = api
        self.gate = gate
    }

    func respond(to request: Request, _ context: some RequestContext) async -> Response {
        let parts = endpoint.parameters.filter { $0.place == .path }.map(\.name)
        let parameters = SentParameters(
            FormFields(urlEncoded: request.uri.query ?? ""),
            parts: Dictionary(uniqueKeysWithValues: parts.map { ($0, context.decodedParameter($0)) }),
            names: ReadNames(endpoint.parameters)
        )
        var logger = context.logger
        let headers = request.headers.lazy.map { ($0.name.canonicalName, $0.value) }
        let sender = api.proxies.sender(headers, peer: context.peer)
        if let sender { logger[metadataKey: "client"] = "\(sender)" }
        let isSecure = api.proxies.isSecure(headers, peer: context.peer)
        let reply =
            if endpoint.endsWithClient {
                await context.untilHangUp { [logger] in
                    await self.reply(to: request, parameters, sender, isSecure: isSecure, logger)
                }
            } else {
                await self.reply(to: request, parameters, sender, isSecure: isSecure, logger)
            }
        return Response(reply, to: request, of: family)
    }

    private func reply(
        to request: Request,
        _ parameters: SentParameters,
        _ sender: String?,
        isSecure: Bool,
        _ logger: Logger
    ) async -> Reply {
        let work = BodyWork(gate, from: sender)
        defer { work.end() }
        do {
            let admission = try await api.door.admit(request, to: endpoint.access)
            let caller = admission.caller
            try parameters.checkSentOnce(endpoint.parameters)
            let call = Call(
                request: request,
                parameters: parameters,
                caller: caller,
                sender: sender,
                host: api.door.host,
                questions: api.endpoints.questions,
                isSecure: isSecure,
                person: admission.person,
                accountService: api.door.accounts,
                logger: logger,
                work: work
            )
            var reply = try await endpoint.respond(call)
            if let stay = caller?.project.stay { reply.body.hold(stay) }
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
}

extension Request {
    /// What the log says of it beside its name. A query may hold keys, so it is left out.
    func line(_ status: Int) -> Logger.Metadata {
        ["method": "\(method.rawValue.shown())", "path": "\(uri.path.shown())", "status": "\(status)"]
    }
}

extension Failure {
    /// Whether whoever runs the server should hear of it. Of too many bytes the connections tell, once a minute: whoever
    /// sends them must not fill the log.
    fileprivate var isOurs: Bool {
        kind == .internal
            || kind == .unavailable && !["query_cancelled", ConnectionRefusal.tooManyBytes.code].contains(code)
    }
}

extension RequestContext {
    /// The address of the connection's other end; `nil` where the context does not know it.
    fileprivate var peer: String? {
        (self as? any RemoteAddressRequestContext)?.remoteAddress?.ipAddress
    }
}
