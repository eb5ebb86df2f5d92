import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import MetricsAPI
import OperationsAPI
import Storage
import Testing

@testable import AmplitudeAPI

extension TestServer {
    /// As `application`, with what whoever is on call asks.
    fileprivate func operations(problem: String? = nil) -> some ApplicationProtocol {
        let router = Router()
        let operations = Family.operations(
            version: "1.2.3",
            health: { Health(problem: problem, warnings: ["Late."], freeBytes: 5) },
            metrics: { "a 1\n" }
        )
        API(self, families: Family.amplitude() + [.metrics, operations]).add(to: router)
        return Application(router: router)
    }
}

@Suite struct OperationsTests {
    private static let good = "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"insert_id\":\"i\"}"

    @Test("every event that came in is accounted for: stored, duplicate or rejected")
    func ledger() async throws {
        let server = try TestServer()
        try await server.operations().test(.router) { client in
            try await client.post(events: "[\(Self.good),\(Self.good)]")
            try await client.post(events: "[\(Self.good),{\"event_type\":\"A\"},{}]")
            let (status, body) = try await client.get("/api/v1/ledger")
            #expect(status == 200)
            try expectGolden(body, "ledger")
            let (_, earlier) = try await client.get(
                "/api/v1/ledger?from=2024-03-01T10:00:00Z&to=2024-03-01T12:00:00Z"
            )
            #expect(earlier.contains("\"minutes\":[]"), "`to` is not included")
            let (_, exact) = try await client.get(
                "/api/v1/ledger?from=2024-03-01T12:00:00Z&to=2024-03-01T12:01:00Z"
            )
            #expect(exact.contains("\"minute\":\"2024-03-01T12:00:00Z\""))
        }
    }

    @Test(
        "mistakes",
        arguments: [
            ("?from=yesterday", 400), ("?from=2024-03-01T12:00:00Z&to=2024-03-01T11:00:00Z", 400),
            ("?from=2024-02-01T12:00:00Z", 400), ("?from=2024-02-23T12:01:00Z&to=2024-03-01T12:01:00Z", 200),
        ]
    )
    func ledgerMistakes(query: String, status: Int) async throws {
        let server = try TestServer()
        try await server.operations().test(.router) { client in
            let answer = try await client.get("/api/v1/ledger\(query)")
            #expect(answer.status == status, "\(answer.body)")
            let refused = try await client.get("/api/v1/ledger\(query)", authorization: nil)
            #expect(refused.status == 401)
        }
    }

    @Test("a refused request is kept as it came, the newest first")
    func rejects() async throws {
        let server = try TestServer()
        try await server.operations().test(.router) { client in
            try await client.post(events: "[{\"event_type\":\"é\"}]")
            try await client.post(events: "[\(Self.good)]")
            try await client.post(events: "[{},{}]")
            let kept = try server.rejects()
            #expect(kept.map(\.events) == [2, 1])
            #expect(kept.map(\.reason) == Array(repeating: "Request missing required field", count: 2))
            #expect(kept.map(\.path) == ["/2/httpapi", "/2/httpapi"])
            #expect(kept.allSatisfy { $0.body.isEmpty && $0.receivedAt == TestServer.now })
            let whole = try server.reject(kept[1].id)
            let body = "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[{\"event_type\":\"é\"}]}"
            #expect(whole.map { String(decoding: $0.body, as: UTF8.self) } == body)
            #expect(kept[1].size == body.utf8.count)
        }
    }

    @Test("health says what is wrong, and how much room is left")
    func health() async throws {
        let server = try TestServer()
        try await server.operations().test(.router) { client in
            let (status, body) = try await client.get("/health", authorization: nil)
            #expect(status == 200)
            #expect(body == #"{"status":"ok","problem":null,"warnings":["Late."],"free_bytes":5,"version":"1.2.3"}"#)
            let metrics = try await client.get("/metrics", authorization: nil)
            #expect(metrics.body == "a 1\n")
            for path in ["/healthz", "/readyz"] {
                let answer = try await client.get(path, authorization: nil)
                #expect(answer.status == 200 && answer.body == "ok\n", "\(path)")
            }
        }
        try await server.operations(problem: "The disk is gone.").test(.router) { client in
            let (status, body) = try await client.get("/health", authorization: nil)
            #expect(status == 503)
            let found =
                #"{"status":"failing","problem":"The disk is gone.","warnings":["Late."],"free_bytes":5,"version":"1.2.3"}"#
            #expect(body == found)
            // It runs, so a restart would mend nothing; but nobody should send to it.
            let alive = try await client.get("/healthz", authorization: nil)
            #expect(alive.status == 200)
            let ready = try await client.get("/readyz", authorization: nil)
            #expect(ready.status == 503 && ready.body == "The disk is gone.\n")
        }
    }
}
