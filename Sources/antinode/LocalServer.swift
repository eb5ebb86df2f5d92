import AmplitudeAPI
import HTTPEdge
import Hummingbird
import Ingestion
import Logging

/// The way in without a socket: requests of this process are answered by the server's own routes.
struct LocalServer: Sendable {
    private let responder: any HTTPResponder<Context>

    init(_ host: any ProjectHost, _ enrichment: Enrichment) {
        // Whoever sends from here has the data itself, so what a request may bring is bounded by memory alone.
        let most = IngestionLimits(bytes: 1 << 30, events: .max)
        let router = Router(context: Context.self)
        let limits = RequestLimits(httpV2: most, batch: most)
        API(host, families: Family.amplitude(limits: limits, enrichment: enrichment)).add(to: router)
        responder = router.buildResponder()
    }

    func post(_ body: [UInt8], to path: String, contentType: String?) async throws -> (isTaken: Bool, answer: String) {
        var headers: HTTPFields = [:]
        headers[.contentType] = contentType
        let response = try await responder.respond(
            to: Request(
                head: HTTPRequest(method: .post, scheme: "http", authority: nil, path: path, headerFields: headers),
                body: RequestBody(buffer: ByteBuffer(bytes: body))
            ),
            context: Context(source: Sender())
        )
        let text = BodyText()
        try await response.body.write(text)
        return (response.status == .ok, String(buffer: text.storage.buffer))
    }

    private struct Sender: RequestContextSource {
        var logger: Logger { Logger(label: "antinode") }
    }

    private struct Context: RequestContext {
        typealias Source = Sender

        var coreContext: CoreRequestContextStorage

        init(source: Sender) {
            coreContext = .init(source: source)
        }
    }

    private struct BodyText: ResponseBodyWriter {
        final class Storage {
            var buffer = ByteBuffer()
        }

        let storage = Storage()

        func write(_ buffer: ByteBuffer) {
            storage.buffer.writeImmutableBuffer(buffer)
        }

        consuming func finish(_: HTTPFields?) {}
    }
}
