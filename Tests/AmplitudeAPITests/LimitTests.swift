import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Ingestion
import Storage
import Testing

@testable import AmplitudeAPI

extension TestClientProtocol {
    fileprivate func send(_ path: String, _ body: String, contentType: String? = nil) async throws -> SentAnswer {
        var headers: HTTPFields = [:]
        headers[.contentType] = contentType
        return try await execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body)) {
            SentAnswer(
                status: $0.status.code,
                body: String(buffer: $0.body),
                retryAfter: $0.headers[.retryAfter]
            )
        }
    }
}

private struct SentAnswer: Equatable {
    var status: Int
    var body: String
    var retryAfter: String?
}

private func request(_ events: [String]) -> String {
    "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[\(events.joined(separator: ","))]}"
}

private let ann = "{\"user_id\":\"ann-1\",\"device_id\":\"ann-phone\",\"event_type\":\"Play\"}"
private let bob = "{\"user_id\":\"bob-1\",\"event_type\":\"Play\"}"

@Suite struct LimitTests {
    @Test("a 429 of /2/httpapi is Amplitude's, to the letter; nothing of the request is stored")
    func httpV2() async throws {
        let server = try TestServer(rates: [.httpV2: RateLimits(eventsPerSecond: 1)])
        try await server.application.test(.router) { client in
            let first = try await client.send("/2/httpapi", request(Array(repeating: ann, count: 29)))
            #expect(first.status == 200)
            let body =
                "{\"code\":429,\"error\":\"Too many requests for some devices and users\",\"eps_threshold\":1,"
                + "\"throttled_devices\":{\"ann-phone\":2},\"throttled_users\":{\"ann-1\":2},\"throttled_events\":[2,3]}"
            let many = request([bob, ann, ann, ann])
            let answer = try await client.send("/2/httpapi", many)
            #expect(answer == SentAnswer(status: 429, body: body, retryAfter: "30"))
            #expect(try await client.send("/2/httpapi", many) == answer, "a refused request uses up nothing")
            #expect(try await client.send("/2/httpapi", request([bob, ann])).status == 200, "as those not listed fit")
            #expect(try await client.send("/batch", many).status == 200, "other endpoints have other limits")
            let counts = try server.ledger()
            #expect(counts.stored == 35 && counts.rejected == 8 && counts.received == 43 && counts.balances)
            #expect(try server.rejects() == [])
        }
    }

    @Test("a 429 of /batch also names those who are over the day's quota")
    func batch() async throws {
        let server = try TestServer(
            rates: [.batch: RateLimits(eventsPerSecond: 1_000, windowSeconds: 30, eventsPerDay: 2)]
        )
        try await server.application.test(.router) { client in
            let body =
                "{\"code\":429,\"error\":\"Too many requests for some devices and users\",\"eps_threshold\":1000,"
                + "\"throttled_devices\":{},\"throttled_users\":{},"
                + "\"exceeded_daily_quota_users\":{\"ann-1\":3},\"exceeded_daily_quota_devices\":{\"ann-phone\":3},"
                + "\"throttled_events\":[3]}"
            let answer = try await client.send("/batch", request([ann, bob, ann, ann]))
            #expect(answer == SentAnswer(status: 429, body: body, retryAfter: "3600"))
        }
    }

    @Test("where there is a quota and no rate, the threshold is the largest number that clients read")
    func noThreshold() async throws {
        let server = try TestServer(rates: [.batch: RateLimits(eventsPerDay: 1)])
        try await server.application.test(.router) { client in
            let answer = try await client.send("/batch", request([ann, ann]))
            #expect(answer.body.contains("\"eps_threshold\":2147483647,"))
        }
    }

    @Test("forms share the limit of /2/httpapi, and are answered with a word")
    func forms() async throws {
        let server = try TestServer(rates: [.httpV2: RateLimits(eventsPerSecond: 1, windowSeconds: 2)])
        try await server.application.test(.router) { client in
            let form = "api_key=\(TestServer.apiKey)&identification={\"user_id\":\"ann-1\",\"user_properties\":{}}"
            #expect(try await client.send("/identify", form).status == 200)
            #expect(try await client.send("/2/httpapi", request([ann])).status == 200)
            let answer = try await client.send("/identify", form)
            #expect(answer == SentAnswer(status: 429, body: "too_many_requests", retryAfter: "2"))
            #expect(try server.rejects() == [])
            server.gate.silence(["ann-phone"])
            let legacy = try await client.send("/", "client=\(TestServer.apiKey)&e=[\(ann)]")
            #expect(legacy == SentAnswer(status: 400, body: "Events silenced for device_id", retryAfter: nil))
            let counts = try server.ledger()
            #expect(counts.stored == 2 && counts.rejected == 2 && counts.balances)
        }
    }

    @Test("silenced devices are named with their events; the others' are taken when they are sent again")
    func silenced() async throws {
        let server = try TestServer(rates: [.httpV2: RateLimits(eventsPerSecond: 30)])
        server.gate.silence(["bot-\"1\"", "ann-phone"])
        try await server.application.test(.router) { client in
            let bot = "{\"device_id\":\"bot-\\\"1\\\"\",\"event_type\":\"Play\"}"
            let body =
                "{\"code\":400,\"error\":\"Events silenced for device_id\",\"eps_threshold\":30,"
                + "\"exceeded_daily_quota_devices\":{},\"silenced_devices\":[\"bot-\\\"1\\\"\",\"ann-phone\"],"
                + "\"silenced_events\":[1,2,4],\"throttled_devices\":{},\"throttled_events\":[]}"
            let answer = try await client.send("/2/httpapi", request([bob, bot, ann, bob, bot]))
            #expect(answer == SentAnswer(status: 400, body: body, retryAfter: nil))
            #expect(try await client.send("/2/httpapi", request([bob, bob])).status == 200)
            #expect(try await client.send("/batch", request([ann])).status == 400)
            let counts = try server.ledger()
            #expect(counts.stored == 2 && counts.rejected == 6 && counts.received == 8)
            #expect(try server.rejects() == [], "nobody wants them back")
        }
    }

    @Test("what a request may bring is a setting, in events and in bytes", arguments: [true, false])
    func requestLimits(inEvents: Bool) async throws {
        func limits(_ events: Int) -> IngestionLimits {
            inEvents
                ? IngestionLimits(bytes: 10_000, events: events)
                : IngestionLimits(bytes: request(Array(repeating: bob, count: events)).utf8.count, events: 1_000)
        }
        let server = try TestServer(limits: RequestLimits(httpV2: limits(2), batch: limits(4)))
        try await server.application.test(.router) { client in
            for (path, events, status) in [
                ("/2/httpapi", 2, 200), ("/2/httpapi", 3, 413), ("/batch", 4, 200), ("/batch", 5, 413),
            ] {
                let answer = try await client.send(path, request(Array(repeating: bob, count: events)))
                #expect(answer.status == status, "\(events) events to \(path)")
            }
        }
    }
}

@Suite struct RefusedFormTests {
    private static let key = "api_key=\(TestServer.apiKey)"

    struct Case: CustomTestStringConvertible {
        var path: String
        var body: String
        var contentType: String?
        /// What the sender is told, and what is kept.
        var reason: String
        var events: Int
        /// The kept request, where it is not as it was sent.
        var keptPath: String?
        var keptBody: String?
        var keptType: String?

        var testDescription: String { "\(path) \(body)" }
    }

    private static let multipart =
        "--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n\(TestServer.apiKey)\r\n"
        + "--b\r\nContent-Disposition: form-data; name=\"identification\"\r\n\r\n[{},{}]\r\n--b--\r\n"

    @Test(
        "a refused form is kept as it came, with its type, and answered the same when it is sent again",
        arguments: [
            Case(
                path: "/identify",
                body: "\(key)&identification={%22user_properties%22:{}}",
                contentType: "application/x-www-form-urlencoded",
                reason: "invalid_event_field. Invalid fields [user_id].",
                events: 1
            ),
            Case(
                path: "/identify",
                body: multipart,
                contentType: "multipart/form-data; boundary=b",
                reason: "invalid_event_field. Invalid fields [user_id].",
                events: 2
            ),
            Case(
                path: "/identify?\(key)&identification=[1]",
                body: "",
                reason: "missing_event",
                events: 1,
                keptPath: "/identify",
                keptBody: "\(key)&identification=[1]",
                keptType: "application/x-www-form-urlencoded"
            ),
            Case(path: "/identify?\(key)", body: "identification={", reason: "missing_event", events: 0),
            Case(path: "/identify", body: key, reason: "missing_event", events: 0),
            Case(
                path: "/groupidentify",
                body: "\(key)&identification={}",
                reason: "invalid_event_field. Invalid fields [group_type].",
                events: 1
            ),
            Case(path: "/usermap", body: key, reason: "missing_mapping", events: 0),
            Case(
                path: "/usermap",
                body: "\(key)&mapping=[{}]",
                reason: "invalid_event_field. Invalid fields [global_user_id, user_id].",
                events: 0
            ),
            Case(
                path: "/httpapi",
                body: "\(key)&event=[{},{},{}]",
                reason: "invalid_event_field. Invalid fields [event_type, user_id].",
                events: 3
            ),
            Case(
                path: "/",
                body: "client=\(TestServer.apiKey)&e=[{},{}]&checksum=0",
                reason: "bad_checksum",
                events: 2
            ),
            Case(
                path: "/",
                body: "client=\(TestServer.apiKey)&e=[{}]",
                contentType: "application/x-www-form-urlencoded; charset=UTF-8",
                reason: "invalid_event_field. Invalid fields [event_type, user_id].",
                events: 1
            ),
        ]
    )
    func kept(_ c: Case) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let answer = try await client.execute(
                uri: c.path,
                method: c.body.isEmpty ? .get : .post,
                headers: c.contentType.map { [.contentType: $0] } ?? [:],
                body: ByteBuffer(string: c.body)
            ) { "\($0.status.code) \(String(buffer: $0.body))" }
            #expect(answer == "400 \(c.reason)")
            let listed = try #require(try server.rejects().first)
            let kept = try #require(try server.reject(listed.id))
            #expect(kept.path == c.keptPath ?? c.path)
            #expect(kept.contentType == c.keptType ?? c.contentType)
            #expect(String(decoding: kept.body, as: UTF8.self) == c.keptBody ?? c.body)
            #expect(kept.reason == c.reason && kept.events == c.events && listed.contentType == kept.contentType)
            let counts = try server.ledger()
            #expect(counts.received == c.events && counts.rejected == c.events && counts.stored == 0)

            let again = try await client.send(
                kept.path,
                String(decoding: kept.body, as: UTF8.self),
                contentType: kept.contentType
            )
            #expect(again.status == 400 && again.body == c.reason)
            let second = try #require(try server.rejects().first)
            #expect(second.id > kept.id)
            let copy = try #require(try server.reject(second.id))
            #expect(copy.path == kept.path && copy.body == kept.body && copy.contentType == kept.contentType)

            // Sent again in vain: as if nothing had been sent.
            try server.forgetVainReplay(of: kept, after: kept.id)
            #expect(try server.rejects().map(\.id) == [kept.id] && server.reject(kept.id) == kept)
            #expect(try server.ledger() == counts)
        }
    }

    @Test("forms with a wrong key, and those that are taken, are not kept")
    func notKept() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let wrongKey = try await client.send("/identify", "api_key=x&identification=[1]")
            #expect(wrongKey.body == "invalid_api_key")
            #expect(try await client.send("/httpapi", "\(Self.key)&event=\(bob)").status == 200)
            #expect(try server.rejects() == [])
            #expect(try server.ledger().received == 1)
        }
    }
}
