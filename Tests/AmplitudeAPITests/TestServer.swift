import AmplitudeAPI
import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Ingestion
import Logging
import MetricsAPI
import NIOCore
import ProjectHosting
import ProjectStore
import QueryExecution
import Storage
import Synchronization

/// The API over a real record and an in-memory event store, with a fixed clock and known keys.
final class TestServer: ProjectHost {
    static let apiKey = "0123456789abcdef0123456789abcdef"
    static let secretKey = "fedcba9876543210fedcba9876543210"
    /// 2024-03-01T12:00:00Z
    static let now = Timestamp(milliseconds: 1_709_294_400_000)

    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("antinode-\(UUID().uuidString)")
    private let open: OpenProject
    private let hosted: HostedProject
    private let limits: RequestLimits

    /// - Parameters:
    ///   - rates: are counted on a clock that stands still.
    ///   - beforeQuery: happens within each query.
    init(
        timeZone: ProjectTimeZone = .utc,
        limits: RequestLimits = RequestLimits(),
        rates: [IngestionEndpoint: RateLimits] = [:],
        queryLimits: QueryLimits = QueryLimits(nil),
        clock: TestClock = TestClock(),
        beforeQuery: @escaping @Sendable () async -> Void = {}
    ) throws {
        self.limits = limits
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var settings = HostingSettings(
            openStore: { _, _, _ in MemoryEventStore() },
            now: { clock.now() },
            logger: logger
        )
        settings.rates = rates
        settings.uptime = { 0 }
        let project = Project(
            id: 1,
            name: "test",
            timeZone: timeZone,
            apiKey: Self.apiKey,
            secretKey: Self.secretKey
        )
        open = try OpenProject(project, folder: folder, settings: settings)
        let feeder = open.feeder
        var hosted = open.hosted
        hosted.limits = queryLimits
        hosted.queries = QueryEngine(columns: open.columns) { () throws(EventStoreError) in
            await beforeQuery()
            try await feeder.waitUntilComplete()
        }
        self.hosted = hosted
    }

    deinit {
        open.record.close()
        try? FileManager.default.removeItem(at: folder)
    }

    func project(withAPIKey key: String) async -> HostedProject? {
        key == Self.apiKey ? hosted : nil
    }

    func project(withSecretKey key: String) async -> HostedProject? {
        key == Self.secretKey ? hosted : nil
    }

    var gate: EventGate { open.gate }
    private var record: ProjectDatabase { open.record }

    func rejects() throws -> [RejectedRequest] { try record.rejectedRequests(limit: 10) }
    func reject(_ id: Int64) throws -> RejectedRequest? { try record.rejectedRequest(id) }

    func forgetVainReplay(of request: RejectedRequest, after last: Int64) throws {
        try record.forgetVainReplay(of: request.id, sent: request, after: last)
    }

    func ledger() throws -> LedgerCounts { try record.ledgerTotals() }
    func user(withID userID: String) throws -> UserState? { try record.user(withID: userID) }

    func groupProperties(type: String, value: String) throws -> String? {
        try record.groupProperties(type: type, value: value)
    }

    func storedEvents() throws -> [StoredEvent] {
        try record.batches(after: .none, limit: .max).flatMap(\.events)
    }

    var application: some ApplicationProtocol { application(Router()) }

    /// All requests come from ``ContextWithAddress/address``.
    var applicationWithAddress: some ApplicationProtocol { application(Router(context: ContextWithAddress.self)) }

    private func application<Context: RequestContext & InitializableFromSource<ApplicationRequestContextSource>>(
        _ router: Router<Context>
    ) -> some ApplicationProtocol {
        API(self, families: Family.amplitude(limits: limits) + [.metrics]).add(to: router)
        return Application(router: router)
    }

    static var credentials: String {
        "Basic " + Data("\(apiKey):\(secretKey)".utf8).base64EncodedString()
    }
}

struct ContextWithAddress: RequestContext, RemoteAddressRequestContext {
    static let address = "192.0.2.9"

    var coreContext: CoreRequestContextStorage
    let remoteAddress = try? SocketAddress(ipAddress: address, port: 9)

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }
}

extension TestClientProtocol {
    /// Posts events, as a JSON array, and gives the answer's body.
    @discardableResult
    func post(events: String, contentType: String? = nil) async throws -> (status: Int, body: String) {
        try await post(body: "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":\(events)}", contentType: contentType)
    }

    func post(body: String, contentType: String? = nil) async throws -> (status: Int, body: String) {
        var headers: HTTPFields = [:]
        headers[.contentType] = contentType
        return try await execute(
            uri: "/2/httpapi",
            method: .post,
            headers: headers,
            body: ByteBuffer(string: body)
        ) { response in
            (response.status.code, String(buffer: response.body))
        }
    }

    /// Asks for a segmentation; parameters are escaped here.
    func segmentation(_ parameters: [(String, String)]) async throws -> (status: Int, body: String) {
        let query = parameters.map { name, value in
            let escaped = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            return "\(name)=\(escaped)"
        }.joined(separator: "&")
        return try await get("/api/2/events/segmentation?\(query)")
    }

    func get(_ uri: String, authorization: String? = TestServer.credentials) async throws -> (status: Int, body: String)
    {
        var headers: HTTPFields = [:]
        headers[.authorization] = authorization
        return try await execute(uri: uri, method: .get, headers: headers) { response in
            (response.status.code, String(buffer: response.body))
        }
    }
}

/// A clock that stands still, or goes on with each look at it.
final class TestClock: Sendable {
    private let milliseconds: Mutex<Int64>
    private let step: Int64

    init(at start: Timestamp = TestServer.now, step: Int64 = 0) {
        milliseconds = Mutex(start.milliseconds)
        self.step = step
    }

    func now() -> Timestamp {
        milliseconds.withLock { time in
            defer { time += step }
            return Timestamp(milliseconds: time)
        }
    }

    func goOn(_ more: Int64) { milliseconds.withLock { $0 += more } }
}
