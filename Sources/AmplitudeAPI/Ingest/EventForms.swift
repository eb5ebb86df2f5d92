import Crypto
import EventModel
import HTTPEdge
import Hummingbird
import Ingestion

/// The most that a request may bring. Source: Documentation/http.md H15.
public struct IngestionLimits: Sendable {
    /// Bytes of a body, as sent and decompressed.
    public var bytes: Int
    public var events: Int

    public init(bytes: Int, events: Int) {
        self.bytes = bytes
        self.events = events
    }

    /// Under a megabyte, fewer than 2,000 events.
    public static let httpV2 = IngestionLimits(bytes: (1 << 20) - 1, events: 1_999)
    /// At most 20 megabytes and 2,000 events.
    public static let batch = IngestionLimits(bytes: 20 << 20, events: 2_000)
    /// A megabyte, 1,024 identifies.
    public static let identify = IngestionLimits(bytes: 1 << 20, events: 1_024)
}

/// The way in: events and identifies in every form that Amplitude's clients send.
struct IngestionRoutes: Sendable {
    let host: any ProjectHost
    let limits: RequestLimits
    let enrichment: Enrichment

    func add(to router: Router<some RequestContext>) {
        for path in ["/2/httpapi", "/2/httpapi/delayed"] as [RouterPath] {
            router.post(path) { request, context in
                await json { () throws(APIError) in try await events(request, .httpV2, limits.httpV2, context.peer) }
            }
        }
        router.post("/batch") { request, context in
            await json { () throws(APIError) in try await events(request, .batch, limits.batch, context.peer) }
        }
        for method in [HTTPRequest.Method.post, .get] {
            router.on("/identify", method: method) { request, context in
                await text { () throws(APIError) in
                    try await form(request, "identification", .identification, context.peer)
                }
            }
            router.on("/groupidentify", method: method) { request, context in
                await text { () throws(APIError) in
                    try await form(request, "identification", .groupIdentification, context.peer)
                }
            }
        }
        for method in [HTTPRequest.Method.post, .get] {
            router.on("/usermap", method: method) { request, _ in
                await text { () throws(APIError) in try await userMap(request) }
            }
        }
        router.post("/httpapi") { request, context in
            await text { () throws(APIError) in try await form(request, "event", .event, context.peer) }
        }
        router.post("/") { request, context in
            await text { () throws(APIError) in try await legacy(request, context.peer) }
        }
    }

    // MARK: JSON bodies

    private func events(
        _ request: Request,
        _ endpoint: IngestionEndpoint,
        _ limits: IngestionLimits,
        _ peer: String?
    ) async throws(APIError) -> String {
        let body = try await request.content(limit: limits.bytes)
        do {
            let decoded = try RequestDecoder.decode(
                body.readableBytesUInt8Span,
                mostEvents: limits.events,
                remoteAddress: peer,
                enrichment: enrichment
            )
            guard let project = await host.project(withAPIKey: decoded.apiKey) else {
                throw RequestRefusal.invalidKey(decoded.apiKey)
            }
            if case .failure(let refusal) = decoded.events {
                await project.writer.reject(
                    path: request.uri.path,
                    reason: refusal.error,
                    events: decoded.eventCount,
                    contentType: request.headers[.contentType],
                    body: Array(buffer: body)
                )
            }
            let receipt = try await project.writer.write(decoded.events.get(), from: endpoint)
            return receipt.json(payloadBytes: body.readableBytes)
        } catch let refusal as RequestRefusal {
            throw APIError(refusal)
        } catch let error as IngestionError {
            throw APIError(error)
        } catch {
            preconditionFailure("ingestion throws only those two")
        }
    }

    // MARK: Forms, which are answered in plain text

    private func form(
        _ request: Request,
        _ field: String,
        _ form: EventForm,
        _ peer: String?
    ) async throws(APIError) -> String {
        let sent = try await request.form(limit: IngestionLimits.identify.bytes)
        let project = try await project(sent.fields["api_key"])
        let most = form == .event ? IngestionLimits.batch.events : IngestionLimits.identify.events
        return try await store(sent.fields[field], form, most: most, uploadTime: nil, of: sent, peer, in: project)
    }

    private func legacy(_ request: Request, _ peer: String?) async throws(APIError) -> String {
        let sent = try await request.form(limit: IngestionLimits.identify.bytes)
        let fields = sent.fields
        let project = try await project(fields["client"])
        if let checksum = fields["checksum"] {
            let signed = ["v", "client", "e", "upload_time"].map { fields[$0] ?? "" }.joined()
            guard checksum.lowercased() == Self.md5(signed) else {
                throw await refuse(.plain("bad_checksum"), sent, events: fields["e"], in: project)
            }
        }
        let uploadTime = fields["upload_time"].flatMap { Int64($0) }.map { Timestamp(milliseconds: $0) }
        let most = IngestionLimits.batch.events
        return try await store(fields["e"], .legacy, most: most, uploadTime: uploadTime, of: sent, peer, in: project)
    }

    private func userMap(_ request: Request) async throws(APIError) -> String {
        let sent = try await request.form(limit: IngestionLimits.identify.bytes)
        let project = try await project(sent.fields["api_key"])
        guard let json = sent.fields["mapping"], !json.isEmpty else {
            throw await refuse(.plain("missing_mapping"), sent, events: nil, in: project)
        }
        return try await write(sent, events: nil, in: project) { () throws(RequestRefusal) in
            try RequestDecoder.mappings(inForm: json, most: IngestionLimits.batch.events)
        }
    }

    private func project(_ apiKey: String?) async throws(APIError) -> HostedProject {
        guard let apiKey, let project = await host.project(withAPIKey: apiKey) else { throw .plain("invalid_api_key") }
        return project
    }

    private func store(
        _ json: String?,
        _ form: EventForm,
        most: Int,
        uploadTime: Timestamp?,
        of sent: SentForm,
        _ peer: String?,
        in project: HostedProject
    ) async throws(APIError) -> String {
        guard let json, !json.isEmpty else {
            throw await refuse(.plain("missing_event"), sent, events: nil, in: project)
        }
        return try await write(sent, events: json, in: project) { () throws(RequestRefusal) in
            var batch = try RequestDecoder.events(
                inForm: json,
                form,
                mostEvents: most,
                remoteAddress: peer,
                enrichment: enrichment
            )
            batch.uploadTime = uploadTime
            return batch
        }
    }

    /// - Parameter events: the JSON that holds the form's events, to count them if they are refused.
    private func write(
        _ sent: SentForm,
        events: String?,
        in project: HostedProject,
        _ read: () throws(RequestRefusal) -> IncomingBatch
    ) async throws(APIError) -> String {
        do {
            _ = try await project.writer.write(read(), from: .httpV2)
            return "success"
        } catch let refusal as RequestRefusal {
            throw await refuse(APIError(plain: refusal), sent, events: events, in: project)
        } catch let error as IngestionError {
            throw APIError(plain: error)
        } catch {
            preconditionFailure("ingestion throws only those two")
        }
    }

    /// Keeps a form that is refused, so that it can be sent again, and gives back the answer.
    private func refuse(
        _ answer: APIError,
        _ sent: SentForm,
        events: String?,
        in project: HostedProject
    ) async -> APIError {
        await project.writer.reject(
            path: sent.path,
            reason: answer.body,
            events: events.map(RequestDecoder.eventCount) ?? 0,
            contentType: sent.contentType,
            body: sent.body
        )
        return answer
    }

    private static func md5(_ text: String) -> String {
        Insecure.MD5.hash(data: Array(text.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    // MARK: Answers

    private func json(_ body: () async throws(APIError) -> String) async -> Response {
        await answering("application/json", body)
    }

    private func text(_ body: () async throws(APIError) -> String) async -> Response {
        await answering("text/plain", body)
    }
}

/// Runs `body` and answers with what it gives, or with its error.
func answering(_ contentType: String, _ body: () async throws(APIError) -> String) async -> Response {
    do {
        let text = try await body()
        return Response(
            status: .ok,
            headers: [.contentType: contentType],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    } catch {
        return error.response
    }
}

extension RequestContext {
    /// The sender's address; `nil` where the context does not know it.
    fileprivate var peer: String? {
        (self as? any RemoteAddressRequestContext)?.remoteAddress?.ipAddress
    }
}
