import EventModel
public import Hummingbird
import Ingestion
import QueryExecution
import QueryModel

/// Amplitude's HTTP surface: request to typed query or batch, answer to Amplitude's JSON.
public struct AmplitudeRoutes: Sendable {
    /// A body of `/2/httpapi` is refused from this size on. Source: reference/ingest.md §2.
    static let mostBodyBytes = 1 << 20

    private let host: any ProjectHost

    public init(host: any ProjectHost) {
        self.host = host
    }

    public func add(to router: Router<some RequestContext>) {
        router.add(middleware: UnknownPathMiddleware())
        router.post("/2/httpapi") { request, _ in
            await answering { () async throws(APIError) in try await ingest(request) }
        }
        router.get("/api/2/events/segmentation") { request, _ in
            await answering { () async throws(APIError) in try await segmentation(request) }
        }
    }

    // MARK: The way in

    private func ingest(_ request: Request) async throws(APIError) -> String {
        let body = try await collect(request)
        do {
            let decoded = try RequestDecoder.decode(body)
            guard let project = await host.project(withAPIKey: decoded.apiKey) else {
                throw RequestRefusal.invalidKey(decoded.apiKey)
            }
            let receipt = try await project.writer.write(decoded.events.get())
            return receipt.json(payloadBytes: body.count)
        } catch let refusal as RequestRefusal {
            throw APIError(refusal)
        } catch let error as IngestionError {
            throw APIError(error)
        } catch {
            preconditionFailure("ingestion throws only those two")
        }
    }

    private func collect(_ request: Request) async throws(APIError) -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: Self.mostBodyBytes - 1)
            return Array(buffer: buffer)
        } catch {
            throw .payloadTooLarge
        }
    }

    // MARK: The way out

    private func segmentation(_ request: Request) async throws(APIError) -> String {
        let project = try await authorized(request)
        do {
            let query = try SegmentationQuery(parsing: QueryString(request.uri.query ?? ""))
            let answer = try await project.queries.segmentation(query, zone: project.project.timeZone)
            return answer.json(splitByEvent: query.event.groupBy != nil)
        } catch let error as QueryParameterError {
            throw APIError(error)
        } catch let error as QueryError {
            throw APIError(error)
        } catch {
            preconditionFailure("segmentation throws only those two")
        }
    }

    /// The project whose two keys the request carries. The API key alone reads nothing: it is public.
    private func authorized(_ request: Request) async throws(APIError) -> HostedProject {
        guard let keys = BasicCredentials(request.headers[.authorization]),
            let project = await host.project(withAPIKey: keys.name),
            keys.password.isSameSecret(as: project.project.secretKey)
        else { throw .unauthorized }
        return project
    }

    private func answering(_ body: () async throws(APIError) -> String) async -> Response {
        do {
            let json = try await body()
            return Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: json))
            )
        } catch {
            return error.response
        }
    }
}
