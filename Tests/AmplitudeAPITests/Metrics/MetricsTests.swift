import EventModel
import Foundation
import HummingbirdTesting
import MetricsAPI
import Testing

/// Ten events of three people, as the reference's fixture has them; the answers are its own, too.
private enum Fixture {
    static let range = "range=2025-03-03,2025-03-23"

    /// Time, person, session, type, country, amount.
    private static let rows = [
        ("03-03T10:00", "a", "s1", "sign_up", "US", ""), ("03-03T10:05", "a", "s1", "add_to_cart", "US", "10"),
        ("03-04T09:00", "b", "s2", "sign_up", "DE", ""), ("03-05T09:00", "a", "s3", "purchase", "US", "10"),
        ("03-10T09:00", "b", "s4", "add_to_cart", "DE", "5"), ("03-12T09:00", "b", "s4", "purchase", "DE", "5"),
        ("03-11T12:00", "c", "s5", "sign_up", "US", ""), ("03-11T12:00", "c", "s5", "add_to_cart", "US", "40"),
        ("03-18T12:00", "c", "s6", "purchase", "US", "40"), ("03-20T08:00", "a", "s7", "page_view", "US", ""),
    ]

    static var events: String {
        let events = rows.enumerated().map { number, row in
            let amount = row.5.isEmpty ? "" : "\"amount\":\(row.5)"
            return """
                {"user_id":"\(row.1)-user","device_id":"\(row.1)-device","event_type":"\(row.3)","country":"\(row.4)",\
                "time":\(milliseconds(row.0)),"session_id":\(row.2.dropFirst()),"insert_id":"\(number)",\
                "event_properties":{\(amount)}}
                """
        }
        return "[\(events.joined(separator: ","))]"
    }

    private static func milliseconds(_ time: String) -> Int {
        let date = try? Date("2025-\(time):00Z", strategy: .iso8601)
        return Int((date?.timeIntervalSince1970 ?? 0) * 1000)
    }
}

/// A clock at which the fixture is over.
private var later: TestClock { TestClock(at: Timestamp(milliseconds: 1_743_465_600_000)) }

@Suite("The metrics API's fixture, over HTTP") struct MetricsTests {
    private func ask(_ body: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let server = try TestServer(clock: later)
        try await server.application.test(.router) { client in
            let sent = try await client.post(events: Fixture.events)
            #expect(sent.status == 200, "\(sent.body)")
            try await body(client)
        }
    }

    private func answer(_ client: any TestClientProtocol, _ path: String) async throws -> AnswerBody {
        let separator = path.contains("?") ? "&" : "?"
        let (status, body) = try await client.get("/api/v1/metrics/\(path)\(separator)\(Fixture.range)")
        #expect(status == 200, "\(path): \(body)")
        return try AnswerBody(body)
    }

    /// The values of all points; with a breakdown those of one dimension.
    private func values(
        _ client: any TestClientProtocol,
        _ path: String,
        _ dimension: String? = nil
    ) async throws -> [Double] {
        let body = try await answer(client, path)
        let points = (0..<(body.count(at: "data", "points") ?? 0)).map { "\($0)" }
        return points.compactMap { point in
            if let dimension, body.at("data", "points", point, "dimension") != "\"\(dimension)\"" { return nil }
            return Double(body.at("data", "points", point, "value"))
        }
    }

    private func expect(
        _ client: any TestClientProtocol,
        _ path: String,
        _ dimension: String? = nil,
        is wanted: [Double],
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await values(client, path, dimension)
        #expect(isNear(found, wanted), "\(path): \(found) is not \(wanted)", sourceLocation: location)
    }

    private func isNear(_ found: [Double], _ wanted: [Double]) -> Bool {
        found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
    }

    @Test("dau, wau, mau and stickiness")
    func active() async throws {
        try await ask { client in
            let daily = try await answer(client, "dau")
            #expect(daily.count(at: "data", "points") == 21 && daily.at("data", "total") == "8")
            #expect(daily.at("data", "points", "0") == "{\"date\":\"2025-03-03\",\"value\":1}")
            #expect(daily.at("meta", "start_date") == "\"2025-03-03T00:00:00Z\"")
            #expect(daily.at("meta", "end_date") == "\"2025-03-23T23:59:59Z\"")
            #expect(daily.at("meta", "metric") == "\"dau\"" && daily.at("meta", "granularity") == "\"daily\"")
            #expect(daily.at("meta", "incomplete") == "[]")
            try await expect(client, "dau?granularity=weekly", is: [2, 2, 2])
            let byCountry = "dau?granularity=week&breakdown=country"
            try await expect(client, byCountry, "US", is: [1, 1, 2])
            try await expect(client, byCountry, "DE", is: [1, 1, 0])
            let wau: [Double] = [1, 2, 2, 2, 2, 2, 2, 2, 3, 2, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2]
            try await expect(client, "wau", is: wau)
            let two = [Double](repeating: 2, count: 7)
            let three = [Double](repeating: 3, count: 13)
            let mau = [1] + two + three
            try await expect(client, "mau", is: mau)
            let days = try await values(client, "stickiness/daily")
            let some = [0, 1, 3, 7, 8].map { days[$0] }
            #expect(isNear(some, [100, 50, 0, 50, 100.0 / 3]))
            let weeks: [Double] = [200.0 / 7, 100.0 / 6, 200.0 / 21]
            try await expect(client, "stickiness/daily?granularity=weekly", is: weeks)
            try await expect(client, "users?granularity=weekly", is: [2, 2, 2])
        }
    }

    @Test("compared with the week before, and the year before")
    func compared() async throws {
        try await ask { client in
            let (_, text) = try await client.get("/api/v1/metrics/dau?range=2025-03-10,2025-03-16&compare=previous")
            let body = try AnswerBody(text)
            #expect(body.at("data", "total") == "3")
            #expect(body.at("data", "comparison", "previous_total") == "3")
            #expect(body.at("data", "comparison", "change") == "0")
            #expect(body.at("data", "comparison", "percent_change") == "0")
            #expect(body.at("data", "comparison", "previous_points", "0") == "{\"date\":\"2025-03-03\",\"value\":1}")
            let year = try await answer(client, "events?compare=yoy")
            #expect(year.at("data", "comparison", "percent_change") == "100", "nothing was there")
        }
    }

    @Test("events, their arithmetic, first times and people")
    func events() async throws {
        try await ask { client in
            let top = try await answer(client, "events/top")
            #expect(
                top.at("data", "points")
                    == #"[{"date":"add_to_cart","dimension":"add_to_cart","value":3},"#
                    + #"{"date":"purchase","dimension":"purchase","value":3},"#
                    + #"{"date":"sign_up","dimension":"sign_up","value":3},"#
                    + #"{"date":"page_view","dimension":"page_view","value":1}]"#
            )
            try await expect(client, "events/top?order_by=users&limit=2", is: [3, 3])
            try await expect(
                client,
                "events/custom?event=purchase&property=amount&granularity=weekly",
                is: [
                    10, 5, 40,
                ]
            )
            try await expect(client, "events/first-time?event=purchase&granularity=weekly", is: [1, 1, 1])
            let atLeast10 =
                "events/first-time?event=add_to_cart&granularity=weekly&conditions[0][field]=amount"
                + "&conditions[0][operator]=gte&conditions[0][value]=10"
            try await expect(client, atLeast10, is: [1, 1, 0])
            try await expect(client, atLeast10 + "&match_mode=true", is: [1, 1, 0])
            let own = "events/per-actor?event=add_to_cart&property=amount&granularity=weekly"
            try await expect(client, own, is: [10, 22.5, 0])
            try await expect(client, own + "&metric=p90", is: [10, 36.5, 0])
            let property = "events/properties?event=purchase&property=country&granularity=none"
            try await expect(client, property, "US", is: [2])
        }
    }

    @Test("sessions and lifecycles")
    func sessions() async throws {
        try await ask { client in
            try await expect(client, "sessions?granularity=weekly", is: [3, 2, 2])
            try await expect(client, "sessions/unique?granularity=weekly", is: [3, 2, 2])
            try await expect(client, "sessions/top?property=country", is: [5, 2])
            let lifecycle = "lifecycle?include_dormant=true"
            try await expect(client, lifecycle, "new", is: [2, 1, 0])
            try await expect(client, lifecycle, "returning", is: [0, 1, 1])
            try await expect(client, lifecycle, "resurrected", is: [0, 0, 1])
            try await expect(client, lifecycle, "dormant", is: [0, 1, 1])
            let plain = try await answer(client, "lifecycle")
            #expect(plain.count(at: "data", "points") == 9)
            #expect(
                plain.at("data", "points", "0")
                    == #"{"date":"2025-03-03","dimension":"new","state":"new","value":2}"#
            )
            let split = try await answer(client, "lifecycle?breakdown=country")
            #expect(split.at("data", "points", "0", "dimension") == "\"US\"")
            #expect(split.at("data", "points", "0", "state") == "\"new\"")
        }
    }

    @Test("a breakdown with a rest that is counted, and conditions of every kind")
    func split() async throws {
        try await ask { client in
            let one = "dau?granularity=none&breakdown=event_name&breakdown_limit=1"
            try await expect(client, one, "add_to_cart", is: [3])
            try await expect(client, one, "(other)", is: [3])
            func count(_ conditions: String) async throws -> Double? {
                try await values(client, "events?granularity=total&\(conditions)").first
            }
            func condition(_ field: String, _ operation: String, _ value: String) -> String {
                "conditions[7][field]=\(field)&conditions[7][operator]=\(operation)&\(value)"
            }
            let value = "conditions[7][value]="
            for (conditions, wanted) in [
                (condition("country", "in", "conditions[7][value][]=US&conditions[7][value][]=DE"), 10.0),
                (condition("country", "in", "\(value)US,FR"), 7), (condition("country", "ne", "\(value)US"), 3),
                (condition("properties.amount", "gt", "\(value)5"), 4), (condition("amount", "lte", "\(value)10"), 4),
                (condition("amount", "is_set", ""), 6), (condition("amount", "isnotset", ""), 4),
                (condition("amount", "ne", "\(value)10"), 8), (condition("event_name", "contains", "\(value)_"), 7),
                (condition("event_name", "starts_with", "\(value)s"), 3), (condition("os", "is_set", ""), 0),
                (condition("amount", "eq", "\(value)5.0"), 2), (condition("user_id", "ends_with", "\(value)a-user"), 4),
            ] {
                let found = try await count(conditions)
                #expect(found == wanted, "\(conditions)")
            }
        }
    }

    @Test(
        "what is refused, with its code and the parameter",
        arguments: [
            ("dau?range=yesteryear", "INVALID_TIME_RANGE", "range"),
            ("dau?granularity=fortnight", "INVALID_FILTER", "granularity"),
            ("dau?compare=last", "INVALID_FILTER", "compare"), ("dau?breakdwn=country", "BAD_REQUEST", "breakdown?"),
            ("events?event=purchse", "INVALID_FILTER", "purchase"),
            ("events?conditions[0][field]=country&conditions[0][operator]=near", "INVALID_FILTER", "operator"),
            ("events?conditions[0][field]=country", "INVALID_FILTER", "value"),
            ("events?conditions[0][color]=red", "INVALID_FILTER", "conditions"),
            ("events/custom?event=purchase", "INVALID_FILTER", "property"),
            ("events/custom?event=purchase&property=amount&metric=mode", "INVALID_FILTER", "metric"),
            ("events/first-time?event=purchase&lookback_days=0", "BAD_REQUEST", "lookback_days"),
            ("stickiness/daily?granularity=hourly", "INVALID_FILTER", "granularity"),
            ("dau?granularity=minute&range=30d", "INVALID_FILTER", "points"),
            ("dau?breakdown_limit=0", "BAD_REQUEST", "1"),
            ("dau?range=7d&range=8d", "INVALID_TIME_RANGE", "twice"),
            ("events?breakdown=trait:amount", "INVALID_FILTER", "properties.amount"),
        ]
    )
    func mistakes(path: String, code: String, word: String) async throws {
        try await ask { client in
            let (status, text) = try await client.get("/api/v1/metrics/\(path)")
            let body = try AnswerBody(text)
            #expect(status == 400 && body.at("error") == "\"\(code)\"", "\(path): \(status) \(text)")
            #expect(body.at("message").contains(word), "\(path): \(text)")
        }
    }

    @Test("an audience that is not there is not found")
    func noAudience() async throws {
        try await ask { client in
            let (status, body) = try await client.get("/api/v1/metrics/dau?audience=nobody")
            #expect(status == 404, "\(body)")
        }
    }

    @Test("what is not over, or has not begun, is named")
    func incomplete() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: "[{\"user_id\":\"user-1\",\"event_type\":\"A\"}]")
            let (_, text) = try await client.get("/api/v1/metrics/dau?range=2024-02-29,2024-03-02")
            let body = try AnswerBody(text)
            #expect(body.at("meta", "incomplete") == #"["2024-03-01","2024-03-02"]"#)
            #expect(body.at("meta", "as_of") == "\"2024-03-01T12:00:00Z\"" && body.at("meta", "zone") == "\"UTC\"")
            #expect(body.at("data", "points", "1", "value") == "1")
        }
    }
}
