import EventModel
import Logging
import Synchronization
import Testing

@testable import Ingestion

@Suite("Why requests were refused, for whoever must mend them")
struct RefusalTests {
    @Test("details name fields and events, or the fields alone")
    func reasons() throws {
        func refusal(_ events: String) throws -> RequestRefusal {
            let body = "{\"api_key\":\"k\",\"events\":\(events)}"
            let decoded = try RequestDecoder.decode(body.utf8Span.span, mostEvents: 100)
            guard case .failure(let refusal) = decoded.events else { throw RequestRefusal.invalidEvent }
            return refusal
        }
        let missing = try refusal(#"[{"user_id":"user-1","event_type":"a"},{"user_id":"user-1"}]"#)
        #expect(missing.details == "event_type of event 1 is missing" && missing.fields == "event_type is missing")

        let late = try refusal(#"[{"user_id":"user-1","event_type":"a","time":"yesterday"},{"device_id":"device-1"}]"#)
        #expect(late.details == "event_type of event 1 is missing; time of event 0 is invalid")
        #expect(late.fields == "event_type is missing; time is invalid")

        let short = try refusal(#"[{"user_id":"a","event_type":"a"},{"user_id":[7],"event_type":"a"}]"#)
        #expect(short.details == "user_id of event 0 is too short; user_id of event 1 is invalid")

        let many = try refusal("[" + (0..<13).map { _ in #"{"user_id":"user-1"}"# }.joined(separator: ",") + "]")
        #expect(many.details == "event_type of events 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3 more is missing")
        #expect(RequestRefusal.missing("api_key").details == "api_key is missing")
        #expect(RequestRefusal.invalidJSON.details == "")
    }

    @Test("a line for each project and reason, one for unknown keys, one for each old key")
    func tally() {
        var tally = RefusalTally()
        #expect(tally.isEmpty && tally.take() == [])
        tally.refused(2, of: "shop", because: "time is invalid")
        tally.refused(3, of: "shop", because: "time is invalid")
        tally.refused(1, of: "app", because: "Payload too large")
        for _ in 0..<3 { tally.unknown(key: "abcdef0123456789") }
        tally.unknown(key: "x\u{1b}[2J")
        tally.old(key: "api", of: "shop")
        #expect(!tally.isEmpty)
        let lines = tally.take().map { line in
            ([line.message] + line.details.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
        }
        #expect(
            lines == [
                "events were refused project=app reason=Payload too large requests=1 events=1",
                "events were refused project=shop reason=time is invalid requests=2 events=5",
                #"requests came with an unknown API key keys=abcdef… (3), x\u001b[2J… (1) requests=4"#,
                "requests still come with a key that was replaced project=shop key=api requests=1",
            ]
        )
        #expect(tally.isEmpty)
    }

    @Test("whatever is sent, the lines are few, and all of it is counted")
    func bounded() {
        var tally = RefusalTally()
        for number in 0..<1_000 {
            tally.refused(1, of: "shop", because: "reason \(number)")
            tally.unknown(key: "\(number + 100_000)…")
        }
        let lines = tally.take()
        #expect(lines.count == 202)
        let others = lines.first { $0.details.contains { $0.value == "other reasons" } }
        #expect(others?.details.last?.value == "800")
        let keys = lines.last?.details.first?.value ?? ""
        #expect(keys.split(separator: ", ").count == 21 && keys.hasPrefix("others (980)"), "\(keys)")
    }

    @Test("the log is told after a while, once, and at the end")
    func summary() async throws {
        let log = GatheredLog()
        let summary = RefusalSummary(Logger(label: "test") { _ in log.handler }, pauseMs: 50)
        summary.unknown(key: "abcdef0123456789")
        summary.unknown(key: "abcdef0123456789")
        #expect(log.lines == [])
        let deadline = ContinuousClock.now + .seconds(10)
        while log.lines.isEmpty, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
        let line = "warning requests came with an unknown API key keys=abcdef… (2) requests=2"
        #expect(log.lines == [line])
        summary.unknown(key: "abcdef0123456789")
        summary.flush()
        #expect(log.lines == [line, line.replacing("2", with: "1")])
    }
}

/// What a logger was told.
private final class GatheredLog: Sendable {
    private let gathered = Mutex<[String]>([])
    var lines: [String] { gathered.withLock { $0 } }
    var handler: Handler { Handler(log: self) }

    struct Handler: LogHandler {
        let log: GatheredLog
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        init(log: GatheredLog) {
            self.log = log
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let line = (["\(event.level)", "\(event.message)"] + details).joined(separator: " ")
            log.gathered.withLock { $0.append(line) }
        }
    }
}
