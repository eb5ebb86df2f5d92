import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

/// Annotations of both versions, their categories, and releases.
@Suite struct RemarksTests {
    private func with(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let server = try TestServer(timeZone: try #require(ProjectTimeZone(name: "Europe/Berlin")))
        try await server.application.test(.router) { client in try await body(client) }
    }

    private func ask(
        _ client: any TestClientProtocol,
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ body: String = "",
        form: Bool = false
    ) async throws -> String {
        var headers: HTTPFields = [:]
        headers[.authorization] = TestServer.credentials
        headers[.contentType] = form ? "application/x-www-form-urlencoded" : "application/json"
        return try await client.execute(
            uri: uri,
            method: method,
            headers: headers,
            body: ByteBuffer(string: body)
        ) { "\($0.status.code) \(String(buffer: $0.body))" }
    }

    private static let path = "/api/3/annotations"
    private static let categories = "/api/3/annotation-categories"
    private static let uncategorized = "{\"id\":1,\"category\":\"Uncategorized\",\"name\":\"Uncategorized\"}"

    private static func plain(
        _ id: Int,
        _ label: String,
        _ start: String,
        end: String = "null",
        chart: String = "null"
    )
        -> String
    {
        "{\"id\":\(id),\"start\":\"\(start)\",\"label\":\"\(label)\",\"details\":null,\"category\":\(uncategorized),"
            + "\"end\":\(end),\"chart_id\":\(chart)}"
    }

    @Test("an annotation is made, read, changed in part and removed; its number is not given again")
    func annotation() async throws {
        try await with { client in
            let first = Self.plain(1, "Launch", "2026-06-15T00:00:00+00:00")
            #expect(
                try await ask(
                    client,
                    .post,
                    Self.path,
                    "{\"label\":\"Launch\",\"start\":\"2026-06-15T02:00:00+02:00\"}"
                )
                    == "200 {\"data\":\(first)}"
            )
            #expect(try await ask(client, .get, "\(Self.path)/1") == "200 {\"data\":\(first)}")
            let ended = Self.plain(
                1,
                "Launch",
                "2026-06-15T00:00:00+00:00",
                end: "\"2026-06-16T12:30:00+00:00\"",
                chart: "\"abcd1234\""
            )
            #expect(
                try await ask(
                    client,
                    .put,
                    "\(Self.path)/1",
                    "{\"end\":\"2026-06-16T12:30:00Z\",\"chart_id\":\"abcd1234\",\"details\":null}"
                ) == "200 {\"data\":\(ended)}"
            )
            #expect(
                try await ask(client, .put, "\(Self.path)/1", "{\"end\":null,\"chart_id\":null}")
                    == "200 {\"data\":\(first)}"
            )
            #expect(try await ask(client, .delete, "\(Self.path)/1") == "200 {\"success\":true}")
            for method in [HTTPRequest.Method.get, .delete] {
                #expect(try await ask(client, method, "\(Self.path)/1").hasPrefix("404 "))
            }
            #expect(try await ask(client, .put, "\(Self.path)/1", "{\"label\":\"x\"}").hasPrefix("404 "))
            #expect(try await ask(client, .get, "\(Self.path)/x").hasPrefix("404 "))
            let again = try await ask(client, .post, Self.path, "{\"label\":\"x\",\"start\":\"2026-06-15T00:00:00Z\"}")
            #expect(again.hasPrefix("200 {\"data\":{\"id\":2,"))
        }
    }

    @Test(
        "what cannot be meant is refused by name, and changes nothing",
        arguments: [
            ("{}", "label is required"), ("{\"label\":\"x\"}", "start is required"), ("[]", "must be a JSON object"),
            ("{\"label\":", "must be a JSON object"), ("", "must be a JSON object"),
            ("{\"label\":\"\",\"start\":\"2026-06-15T00:00:00Z\"}", "label must have 1 to 1024"),
            ("{\"label\":null,\"start\":\"2026-06-15T00:00:00Z\"}", "label is required"),
            ("{\"label\":3,\"start\":\"2026-06-15T00:00:00Z\"}", "label must be a text"),
            ("{\"label\":\"x\",\"start\":\"yesterday\"}", "start must be a moment"),
            ("{\"label\":\"x\",\"start\":20260615}", "start must be a moment"),
            (
                "{\"label\":\"x\",\"start\":\"2026-06-15T00:00:00Z\",\"end\":\"2026-06-14T00:00:00Z\"}",
                "end must not lie before start"
            ),
            ("{\"label\":\"a\\u0000\",\"start\":\"2026-06-15T00:00:00Z\"}", "label must not hold U+0000"),
        ]
    )
    func refused(body: String, sentence: String) async throws {
        try await with { client in
            let made = try await ask(client, .post, Self.path, body)
            #expect(made.hasPrefix("400 {\"error\":{\"http_code\":400,") && made.contains(sentence), "\(made)")
            let kept = try await ask(client, .post, Self.path, "{\"label\":\"x\",\"start\":\"2026-06-15T00:00:00Z\"}")
            if body.contains("\"end\"") || body.contains("null") || body.hasPrefix("{\"label\":\"\"") {
                #expect(try await ask(client, .put, "\(Self.path)/1", body).hasPrefix("400 "))
            }
            #expect(try await ask(client, .get, Self.path) == "200 {\"data\":[\(kept.dropFirst(12).dropLast())]}")
        }
    }

    @Test("a list is by number; it may be of a category, a chart, or a time")
    func list() async throws {
        try await with { client in
            for (label, start, rest) in [
                ("late", "2026-06-20T00:00:00Z", ",\"chart_id\":\"abcd1234\""), ("early", "2026-06-10T00:00:00Z", ""),
                ("long", "2026-06-11T00:00:00Z", ",\"end\":\"2026-06-21T00:00:00Z\",\"category\":\"Ads\""),
            ] {
                if label == "long" {
                    #expect(
                        try await ask(
                            client,
                            .post,
                            Self.path,
                            "{\"label\":\"\(label)\",\"start\":\"\(start)\"\(rest)}"
                        )
                        .hasPrefix("404 ")
                    )
                    _ = try await ask(client, .post, Self.categories, "{\"category\":\"Ads\"}")
                }
                let body = "{\"label\":\"\(label)\",\"start\":\"\(start)\"\(rest)}"
                #expect(try await ask(client, .post, Self.path, body).hasPrefix("200 "))
            }
            func labels(_ query: String) async throws -> [String] {
                try await ask(client, .get, "\(Self.path)?\(query)").matches(of: /"label":"(\w+)"/).map { String($0.1) }
            }
            #expect(try await labels("") == ["late", "early", "long"])
            #expect(try await labels("category=Ads") == ["long"])
            #expect(try await labels("category=Uncategorized") == ["late", "early"])
            #expect(try await labels("chart_id=abcd1234") == ["late"])
            #expect(try await labels("start=2026-06-11T00:00:00Z") == ["late", "long"])
            #expect(try await labels("start=2026-06-11T02:00:00+02:00") == ["late", "long"], "a bare plus sign")
            #expect(try await labels("end=2026-06-21T00:00:00Z") == ["late", "early"])
            #expect(try await labels("start=2026-06-11T00:00:00Z&end=2026-06-21T00:00:00Z") == ["late"])
            let both = try await ask(client, .get, "\(Self.path)?category=Ads&chart_id=abcd1234")
            #expect(both.hasPrefix("400 ") && both.contains("cannot be combined"))
            #expect(try await ask(client, .get, "\(Self.path)?category=Nothing").hasPrefix("404 "))
            #expect(try await ask(client, .get, "\(Self.path)?start=now").hasPrefix("400 "))
        }
    }

    @Test("categories: unique names, the first one stays, and what is removed leaves its annotations without one")
    func categories() async throws {
        try await with { client in
            let path = Self.categories
            #expect(
                try await ask(client, .post, path, "{\"category\":\"Ads\"}")
                    == "200 {\"data\":{\"id\":2,\"category\":\"Ads\",\"name\":\"Ads\"}}"
            )
            #expect(try await ask(client, .post, path, "{\"category\":\"Ads\"}").hasPrefix("409 "))
            #expect(try await ask(client, .post, path, "{}").hasPrefix("400 "))
            #expect(
                try await ask(client, .get, path)
                    == "200 {\"data\":[\(Self.uncategorized),{\"id\":2,\"category\":\"Ads\",\"name\":\"Ads\"}]}"
            )
            #expect(
                try await ask(client, .get, "\(path)?category=Ads")
                    == "200 {\"data\":[{\"id\":2,\"category\":\"Ads\",\"name\":\"Ads\"}]}"
            )
            #expect(try await ask(client, .put, "\(path)/2", "{\"category\":\"Uncategorized\"}").hasPrefix("409 "))
            #expect(
                try await ask(client, .put, "\(path)/2", "{\"category\":\"Campaigns\"}")
                    == "200 {\"data\":{\"id\":2,\"category\":\"Campaigns\",\"name\":\"Campaigns\"}}"
            )
            for method in [HTTPRequest.Method.put, .delete] {
                #expect(try await ask(client, method, "\(path)/1", "{\"category\":\"None\"}").hasPrefix("400 "))
                #expect(try await ask(client, method, "\(path)/3", "{\"category\":\"None\"}").hasPrefix("404 "))
            }
            for label in ["a", "b"] {
                let body = "{\"label\":\"\(label)\",\"start\":\"2026-06-15T00:00:00Z\"}"
                #expect(try await ask(client, .post, Self.path, body).hasPrefix("200 "))
            }
            #expect(try await ask(client, .put, "\(path)/bulk/2", "{\"annotation_ids\":[1,9]}").hasPrefix("404 "))
            #expect(try await ask(client, .get, "\(Self.path)/1").contains(Self.uncategorized), "all or none")
            let moved = try await ask(client, .put, "\(path)/bulk/2", "{\"annotation_ids\":[2,1]}")
            #expect(moved.matches(of: /"label":"(\w)"/).map { String($0.1) } == ["b", "a"])
            #expect(moved.matches(of: /"category":\{"id":2,"category":"Campaigns"/).count == 2)
            #expect(try await ask(client, .put, "\(path)/bulk/2", "{\"annotation_ids\":[]}").hasPrefix("400 "))
            #expect(try await ask(client, .put, "\(path)/bulk/2", "{\"annotation_ids\":[\"x\"]}").hasPrefix("400 "))
            #expect(try await ask(client, .delete, "\(path)/2") == "200 {\"success\":true}")
            #expect(try await ask(client, .get, "\(Self.path)/1").contains(Self.uncategorized))
            #expect(try await ask(client, .get, "\(path)/2").hasPrefix("404 "))
            let next = try await ask(client, .post, path, "{\"category\":\"Ads\"}")
            #expect(next.hasPrefix("200 {\"data\":{\"id\":3,"))
        }
    }

    @Test("the second version has the same annotations by day, in the project's zone")
    func days() async throws {
        try await with { client in
            let form = "app_id=1&date=2026-06-15&label=Launch+day&chart_id=abcd1234&details=All"
            let day = "{\"id\":1,\"date\":\"2026-06-15\",\"label\":\"Launch day\",\"details\":\"All\"}"
            #expect(
                try await ask(client, .post, "/api/2/annotations", form, form: true)
                    == "200 {\"annotation\":\(day),\"success\":true}"
            )
            #expect(try await ask(client, .get, "/api/2/annotations") == "200 {\"data\":[\(day)]}")
            #expect(try await ask(client, .get, "/api/2/annotations?id=1") == "200 {\"data\":[\(day)]}")
            #expect(try await ask(client, .get, "/api/2/annotations?id=2").hasPrefix("404 "))
            #expect(try await ask(client, .get, "/api/2/annotations/1") == "200 {\"annotation\":\(day)}")
            #expect(try await ask(client, .get, "/api/2/annotations/2").hasPrefix("404 "))
            #expect(
                try await ask(client, .get, "\(Self.path)/1").contains("\"start\":\"2026-06-14T22:00:00+00:00\"")
            )
            for (form, sentence) in [
                ("label=x", "date is required"), ("date=2026-06-15", "label is required"),
                ("date=2026-06-31&label=x", "date must be a day"), ("date=June&label=x", "date must be a day"),
            ] {
                let answer = try await ask(client, .post, "/api/2/annotations", form, form: true)
                #expect(answer.hasPrefix("400 ") && answer.contains(sentence))
            }
        }
    }

    @Test("a release is answered as it was sent, and is an annotation, unless it is not to be seen")
    func releases() async throws {
        try await with { client in
            let body = "{\"version\":\"2.1\",\"release_start\":\"2026-01-01 00:00:00\",\"title\":\"Winter\"}"
            let now = TestServer.now.milliseconds
            let answer = try await ask(client, .post, "/api/2/release", body)
            let shape =
                "200 {\"success\":true,\"release\":{\"id\":\"········\",\"app_id\":1,\"org_id\":1,\"version\":\"2.1\","
                + "\"release_start\":\"2026-01-01 00:00:00\",\"release_end\":null,\"type\":\"integration\","
                + "\"title\":\"Winter\",\"description\":\"\",\"platforms\":null,\"chart_visibility\":true,"
                + "\"params\":{\"created\":\(now),\"created_by\":\"\",\"last_modified\":\(now),\"last_modified_by\":\"\"}}}"
            #expect(answer.replacing(/"id":"[a-z0-9]{8}"/, with: "\"id\":\"········\"") == shape)
            let query =
                "version=3&release_start=2026-02-01%2000:00:00&title=Spring&release_end=2026-02-02%2000:00:00"
                + "&description=More&platforms=iOS,%20Web&created_by=ann&chart_visibility=false"
            let form =
                "version=4&release_start=2026-02-01+00:00:00&title=Form&platforms=iOS&platforms=Web&chart_visibility=false"
            let third = try await ask(client, .post, "/api/2/release", form, form: true)
            #expect(third.contains("\"title\":\"Form\"") && third.contains("\"platforms\":[\"iOS\",\"Web\"]"))
            let second = try await ask(client, .post, "/api/2/release?\(query)")
            #expect(
                second.contains(
                    "\"release_end\":\"2026-02-02 00:00:00\",\"type\":\"integration\",\"title\":\"Spring\","
                        + "\"description\":\"More\",\"platforms\":[\"iOS\",\"Web\"],\"chart_visibility\":false,"
                )
            )
            #expect(second.contains("\"created_by\":\"ann\""))
            let listed = try await ask(client, .get, Self.path)
            #expect(listed == "200 {\"data\":[\(Self.plain(1, "Winter", "2026-01-01T00:00:00+00:00"))]}")
            for (body, sentence) in [
                ("{}", "version is required"), ("{\"version\":\"1\"}", "release_start is required"),
                ("{\"version\":\"1\",\"release_start\":\"2026-01-01 00:00:00\"}", "title is required"),
                (
                    "{\"version\":\"1\",\"release_start\":\"2026-01-01\",\"title\":\"x\"}",
                    "release_start must be a moment"
                ),
                (
                    "{\"version\":\"1\",\"release_start\":\"2026-01-01 00:00:00\",\"title\":\"x\",\"platforms\":[1]}",
                    "platforms must be a list of texts"
                ),
            ] {
                let answer = try await ask(client, .post, "/api/2/release", body)
                #expect(answer.hasPrefix("400 ") && answer.contains(sentence), "\(answer)")
            }
        }
    }
}
