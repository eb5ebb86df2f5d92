import EventModel
import HTTPEdge
import Hummingbird
import Ingestion

extension Endpoint {
    /// `POST /2/httpapi`, `/2/httpapi/delayed` and `/batch`: events as JSON.
    ///
    /// - Parameters:
    ///   - door: whose rates hold.
    ///   - enrichment: what the server adds to what events say of themselves.
    static func events(
        at path: String,
        _ summary: String,
        _ door: IngestionEndpoint,
        _ limits: IngestionLimits,
        _ enrichment: Enrichment
    ) -> Endpoint {
        Endpoint(
            .post,
            at: path,
            summary,
            body: Body(
                "The project's API key, and a list of events; gzip is taken, too.",
                example: [
                    "api_key": "0123456789abcdef0123456789abcdef",
                    "events": [["user_id": "ann@example.com", "event_type": "Play"]],
                ]
            ),
            access: .keyInBody
        ) { call in
            let body = try await call.eventBody(limit: limits.bytes)
            let decoded = try RequestDecoder.decode(
                body.readableBytesUInt8Span,
                mostEvents: limits.events,
                remoteAddress: call.sender,
                enrichment: enrichment
            )
            guard let project = try await call.host.project(withAPIKey: decoded.apiKey) else {
                throw RequestRefusal.invalidKey(decoded.apiKey)
            }
            do {
                var batch = try decoded.events.get()
                if door == .batch { batch.door = .batch }
                let receipt = try await project.writer.store(project.writer.admit(batch, from: door))
                return .json(receipt.json(payloadBytes: body.readableBytes))
            } catch {
                guard let refusal = RequestRefusal(of: error) else { throw error }
                await project.writer.reject(
                    path: call.request.uri.path,
                    reason: refusal.error,
                    because: refusal,
                    events: decoded.eventCount,
                    contentType: call.request.headers[.contentType],
                    body: Array(buffer: body)
                )
                throw refusal
            }
        }
    }
}

extension Call {
    /// The body, unless it begins with a key that nobody has: then the rest need not come.
    fileprivate func eventBody(limit: Int) async throws -> ByteBuffer {
        do {
            return try await content(limit: limit) { beginning in
                guard let key = RequestDecoder.leadingAPIKey(beginning) else { return }
                guard try await host.project(withAPIKey: key) != nil else { throw RequestRefusal.invalidKey(key) }
            }
        } catch RequestBodyError.damaged {
            // In the words that clients know.
            throw RequestRefusal.invalidJSON
        }
    }
}
