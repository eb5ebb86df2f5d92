import Hummingbird
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI
@testable import HTTPEdge

@Suite struct LimitedQueriesTests {
    private static let month = [
        ("start", "20240201"), ("end", "20240301"), ("e", "{\"event_type\":\"_active\"}"), ("g", "country"),
    ]

    @Test("one after another, questions are limited by the hour alone")
    func inTurn() async throws {
        let start = ContinuousClock.now
        let server = try TestServer(queryLimits: QueryLimits(QueryLimitRules()) { start })
        try await server.application.test(.router) { client in
            // 30 days × (1 + 4) × 1 each.
            for _ in 1...45 {
                let status = try await client.segmentation(Self.month).status
                #expect(status == 200)
            }
        }
    }

    @Test("beyond the limits: Amplitude's 429, which limit it is, what is used, and when to come back")
    func endpoint() async throws {
        let start = ContinuousClock.now
        var rules = QueryLimitRules()
        rules.costPerHour = 350
        let server = try TestServer(queryLimits: QueryLimits(rules) { start })
        try await server.application.test(.router) { client in
            for _ in 1...2 { #expect(try await client.segmentation(Self.month).status == 200) }
            func ask(_ query: String) async throws -> (status: Int, wait: String?, type: String?, body: String) {
                try await client.execute(
                    uri: "/api/2/\(query)",
                    method: .get,
                    headers: [.authorization: TestServer.credentials]
                ) {
                    ($0.status.code, $0.headers[.retryAfter], $0.headers[.contentType], String(buffer: $0.body))
                }
            }
            func envelope(_ details: String) -> String {
                "{\"error\":{\"http_code\":429,\"type\":\"unspecified\",\"message\":\"Unspecified Error\","
                    + "\"metadata\":{\"details\":\"Too Many Requests: Exceeded \(details)\"}}}"
            }
            let active = "e=%7B%22event_type%22:%22_active%22%7D"
            let third = try await ask("events/segmentation?start=20240201&end=20240301&\(active)&g=country")
            #expect((third.status, third.wait, third.type) == (429, "3600", "application/json"))
            #expect(
                third.body
                    == envelope(
                        "rate limit with query of cost 150: 300 of 350 of cost an hour are used. Come back in 3,600 seconds."
                    )
            )
            // 108 days × 2 × 5 steps, and 201 days × 8.
            let steps = Array(repeating: active, count: 5).joined(separator: "&")
            let both = active.replacing("e=", with: "se=") + "&" + active.replacing("e=", with: "re=")
            for (query, cost) in [
                ("funnels?start=20231101&end=20240216&\(steps)", 1080),
                ("retention?start=20230801&end=20240217&\(both)", 1608),
            ] {
                let alone = try await ask(query)
                #expect(alone.status == 429 && alone.wait == nil, "waiting is no use")
                #expect(
                    alone.body
                        == envelope(
                            "concurrent limit with query of cost \(cost): alone it costs more than the 1,000 of cost at the"
                                + " same time, so it can never pass. Ask for fewer days, segments, groups or events."
                        )
                )
            }
            let mistake = try await client.segmentation([("e", "{}")])
            #expect(mistake.status == 400, "mistakes are told all the same")
        }
    }

    @Test("people are looked up 360 times an hour, whatever the queries cost")
    func people() async throws {
        let start = ContinuousClock.now
        var rules = QueryLimitRules()
        rules.lookupsPerHour = 3
        let server = try TestServer(queryLimits: QueryLimits(rules) { start })
        try await server.application.test(.router) { client in
            func status(_ path: String) async throws -> Int {
                try await client.execute(
                    uri: "/api/2/\(path)",
                    method: .get,
                    headers: [.authorization: TestServer.credentials]
                ) { $0.status.code }
            }
            let asked = [
                "usersearch?user=ann", "usersearch", "useractivity?user=1", "usersearch?user=bob",
                "usersearch?user=ann", "useractivity?user=1", "events/list",
            ]
            var answers: [Int] = []
            for path in asked { answers.append(try await status(path)) }
            // A mistake is no look-up, and the list of event types is a query.
            #expect(answers == [200, 400, 200, 200, 429, 429, 200])
            #expect(try await client.segmentation(Self.month).status == 200)
        }
    }

    @Test("the taxonomy has limits of its own, and says so in its own way")
    func taxonomy() async throws {
        let start = ContinuousClock.now
        var rules = QueryLimitRules()
        rules.taxonomyCostPerHour = 4
        let server = try TestServer(queryLimits: QueryLimits(rules) { start })
        try await server.application.test(.router) { client in
            func ask(_ method: HTTPRequest.Method, _ form: String) async throws -> (status: Int, body: String) {
                try await client.execute(
                    uri: "/api/2/taxonomy/category",
                    method: method,
                    headers: [
                        .authorization: TestServer.credentials, .contentType: "application/x-www-form-urlencoded",
                    ],
                    body: ByteBuffer(string: form)
                ) { ($0.status.code, String(buffer: $0.body)) }
            }
            // 1, 2 and 1 of the four.
            for (method, form) in [(.get, ""), (.post, "category_name=Paid"), (.get, "")]
                as [(HTTPRequest.Method, String)]
            {
                let answer = try await ask(method, form)
                #expect(answer.status == 200)
            }
            let refused = try await ask(.get, "")
            #expect(refused.status == 429)
            let message = "Too many requests an hour. Try again later."
            #expect(refused.body == "{\"success\":false,\"errors\":[{\"message\":\"\(message)\"}]}")
            #expect(try await client.segmentation(Self.month).status == 200)
        }
    }

    @Test("too many at once", .timeLimit(.minutes(10)))
    func atOnce() async throws {
        let (started, hasStarted) = AsyncStream<Void>.makeStream()
        let (gate, open) = AsyncStream<Void>.makeStream()
        var rules = QueryLimitRules()
        rules.requestsAtOnce = 1
        let server = try TestServer(queryLimits: QueryLimits(rules)) {
            hasStarted.yield()
            for await _ in gate {}
        }
        try await server.application.test(.router) { client in
            async let first = client.segmentation(Self.month)
            for await _ in started { break }
            let second = try await client.segmentation(Self.month)
            #expect(second.status == 429)
            #expect(
                second.body.contains(
                    "Exceeded concurrent limit with query of cost 150: 1 of 1 requests at the same time are used."
                        + " Come back in 1 second."
                )
            )
            let lookUp = try await client.get("/api/2/usersearch?user=ann")
            #expect(lookUp.status == 429 && lookUp.body.contains("1 of 1 requests at the same time"))
            open.finish()
            #expect(try await first.status == 200)
            #expect(try await client.segmentation(Self.month).status == 200)
        }
    }
}
