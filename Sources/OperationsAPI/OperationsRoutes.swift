public import EventModel
public import HTTPEdge
public import Hummingbird
import Ingestion
import Storage

/// What whoever is on call asks: is it well, what has it done, is every event accounted for.
public struct OperationsRoutes: Sendable {
    /// What a look at the server's own state found.
    public struct Health: Sendable {
        /// `nil` if it is well, else what is wrong, as a sentence.
        public var problem: String?
        /// Bytes that are free where the data is.
        public var freeBytes: Int64

        public init(problem: String?, freeBytes: Int64) {
            self.problem = problem
            self.freeBytes = freeBytes
        }
    }

    private let host: any ProjectHost
    private let health: @Sendable () async -> Health
    private let metrics: @Sendable () -> String
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - health: writes and reads something for real.
    ///   - metrics: all figures in Prometheus' text format.
    public init(
        host: any ProjectHost,
        health: @escaping @Sendable () async -> Health,
        metrics: @escaping @Sendable () -> String,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.host = host
        self.health = health
        self.metrics = metrics
        self.now = now
    }

    public func add(to router: Router<some RequestContext>) {
        router.get("/health") { _, _ in await healthAnswer() }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4"],
                body: .init(byteBuffer: ByteBuffer(string: metrics()))
            )
        }
        router.get("/api/v1/ledger") { request, _ in await ledger(request) }
    }

    private func healthAnswer() async -> Response {
        let found = await health()
        var json = JSONWriter()
        json.raw("{\"status\":")
        json.string(found.problem == nil ? "ok" : "failing")
        json.raw(",\"problem\":")
        json.string(found.problem)
        json.raw(",\"free_bytes\":")
        json.integer(found.freeBytes)
        json.raw("}")
        return Self.answer(found.problem == nil ? .ok : .serviceUnavailable, json)
    }

    // MARK: The ledger

    /// The longest stretch that is answered: a week of minutes.
    private static let mostMinutes: Int64 = 7 * 24 * 60

    /// Received = stored + duplicate + rejected, for the project whose keys are given: in all, and for each minute from
    /// `from` to `to` (ISO 8601; the last hour if left out) in which something came in.
    private func ledger(_ request: Request) async -> Response {
        guard let project = await host.project(authorizedBy: request) else {
            return Self.error(
                .unauthorized,
                "INVALID_TOKEN",
                "Send HTTP Basic authorization: API key and secret key."
            )
        }
        let query = FormFields(urlEncoded: request.uri.query ?? "")
        let next = LedgerMinute(LedgerMinute(of: now()).number + 1)
        guard let to = Self.minute(query["to"], ifMissing: next),
            let from = Self.minute(query["from"], ifMissing: LedgerMinute(to.number - 60)), from <= to,
            to.number - from.number <= Self.mostMinutes
        else {
            return Self.error(
                .badRequest,
                "INVALID_TIME_RANGE",
                "from and to must be moments, no more than a week apart, such as from=2024-01-31T00:00:00Z"
            )
        }
        do throws(ProjectRecordError) {
            let minutes = try project.record.ledger(from..<to)
            let total = try project.record.ledgerTotals()
            var json = JSONWriter()
            json.raw("{\"data\":{\"total\":")
            json.counts(total)
            json.raw(",\"minutes\":")
            json.list(minutes) { $0.counts($1.value, minute: $1.key) }
            json.raw("}}")
            return Self.answer(.ok, json)
        } catch {
            return Self.error(.internalServerError, "QUERY_FAILED", "The ledger could not be read; the log says why.")
        }
    }

    /// `nil` if there is a text and it is no moment.
    private static func minute(_ text: String?, ifMissing minute: LedgerMinute) -> LedgerMinute? {
        guard let text else { return minute }
        return Timestamp(iso8601: text).map { LedgerMinute(of: $0) }
    }

    private static func error(_ status: HTTPResponse.Status, _ code: String, _ message: String) -> Response {
        var json = JSONWriter()
        json.raw("{\"error\":")
        json.string(code)
        json.raw(",\"message\":")
        json.string(message)
        json.raw("}")
        return answer(status, json)
    }

    private static func answer(_ status: HTTPResponse.Status, _ json: borrowing JSONWriter) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: json.bytes))
        )
    }
}

extension JSONWriter {
    fileprivate mutating func counts(_ counts: LedgerCounts, minute: LedgerMinute? = nil) {
        raw("{")
        if let minute {
            raw("\"minute\":")
            string(Timestamp(milliseconds: minute.number * 60_000).iso8601)
            raw(",")
        }
        raw("\"received\":")
        integer(counts.received)
        raw(",\"stored\":")
        integer(counts.stored)
        raw(",\"duplicate\":")
        integer(counts.duplicate)
        raw(",\"rejected\":")
        integer(counts.rejected)
        raw("}")
    }
}
