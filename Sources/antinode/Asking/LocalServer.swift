import AmplitudeAPI
import HTTPEdge
import Hummingbird
import Ingestion
import Logging
import MetricsAPI

/// The API without a socket: requests of this process are answered by the server's own routes.
struct LocalServer: Sendable {
    private let responder: any HTTPResponder<Context>

    init(_ host: any ProjectHost, _ enrichment: Enrichment) {
        // Whoever sends from here has the data itself, so what a request may bring is bounded by memory alone.
        let most = IngestionLimits(bytes: 1 << 30, events: .max)
        let router = Router(context: Context.self)
        let limits = RequestLimits(httpV2: most, batch: most)
        API(host, families: Family.amplitude(limits: limits, enrichment: enrichment) + [.metrics]).add(to: router)
        responder = router.buildResponder()
    }

    func answer(
        _ method: String,
        _ path: String,
        _ headers: [String: String],
        _ body: [UInt8]
    ) async throws -> ProjectAPI.Answer {
        var fields: HTTPFields = [:]
        for (name, value) in headers {
            guard let name = HTTPFields.Element.Name(name) else { continue }
            fields[name] = value
        }
        guard let method = HTTPRequest.Method(method) else { throw HTTPError(.methodNotAllowed) }
        let response = try await responder.respond(
            to: Request(
                head: HTTPRequest(method: method, scheme: "http", authority: nil, path: path, headerFields: fields),
                body: RequestBody(buffer: ByteBuffer(bytes: body))
            ),
            context: Context(source: Sender())
        )
        let bytes = BodyBytes()
        try await response.body.write(bytes)
        return ProjectAPI.Answer(
            status: response.status.code,
            headers: Dictionary(response.headers.map { ($0.name.canonicalName, $0.value) }) { $1 },
            body: Array(buffer: bytes.storage.buffer)
        )
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

    private struct BodyBytes: ResponseBodyWriter {
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
