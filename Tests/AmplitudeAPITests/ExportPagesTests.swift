import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

/// `GET /api/v1/export` over HTTP: what is in a page is looked at in EventExportTests.
@Suite struct ExportPagesTests {
    private struct Page {
        var status: Int
        var type: String?
        var next: String?
        var end: String?
        var count: String?
        var body: String

        var types: [String] { body.matches(of: /"event_type":"([^"]+)"/).map { String($0.1) } }
    }

    private func page(_ client: some TestClientProtocol, _ query: [(String, String)] = []) async throws -> Page {
        let text = query.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }.joined(separator: "&")
        var headers: HTTPFields = [:]
        headers[.authorization] = TestServer.credentials
        return try await client.execute(uri: "/api/v1/export?\(text)", method: .get, headers: headers) { answer in
            func header(_ name: String) -> String? { HTTPFields.Element.Name(name).flatMap { answer.headers[$0] } }
            return Page(
                status: answer.status.code,
                type: answer.headers[.contentType],
                next: header("X-Export-Next"),
                end: header("X-Export-End"),
                count: header("X-Export-Count"),
                body: String(buffer: answer.body)
            )
        }
    }

    /// One an hour, from 2024-02-29T22:00Z on: A to E.
    private static let events = "ABCDE".enumerated().map { index, type in
        #"{"user_id":"user-one","event_type":"\#(type)","time":\#(1_709_244_000_000 + index * 3_600_000),"#
            + #""country":"\#(index < 2 ? "Germany" : "France")","event_properties":{"price":\#(index)}}"#
    }

    @Test("headers say how to go on, and what came later is left out")
    func headers() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            var found = try await page(client)
            #expect(found.status == 200 && found.body == "" && found.next == "0" && found.end == "0")
            try await client.post(events: "[\(Self.events[..<3].joined(separator: ","))]")
            found = try await page(client)
            #expect(found.type == "application/x-ndjson" && found.types == ["A", "B", "C"])
            #expect(found.next == "3" && found.end == "3" && found.count == "3")
            try await client.post(events: "[\(Self.events[3...].joined(separator: ","))]")
            #expect(try await page(client, [("cursor", "1"), ("end", "3")]).types == ["B", "C"])
            #expect(try await page(client, [("cursor", "3")]).types == ["D", "E"])
            let merges = try await client.get("/api/v1/export/merged-ids")
            #expect(merges.status == 200 && merges.body == "")
        }
    }

    @Test(
        "days and hours are the project's, and both ends count",
        arguments: [
            (["from": "20240301"], "CDE"), (["to": "20240229"], "AB"), (["from": "20240301", "to": "20240301"], "CDE"),
            (["from": "2024-02-29T23"], "BCDE"), (["from": "20240229T23", "to": "20240301T00"], "BC"),
            (["events": "A,E"], "AE"), (["where": "country is Germany"], "AB"), (["where": "price >= 3"], "DE"),
            (["where": "country is Germany and price > 0", "events": "A,B,C"], "B"), (["from": "20250101"], ""),
        ]
    )
    func selection(query: [String: String], types: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: "[\(Self.events.joined(separator: ","))]")
            let found = try await page(client, query.map { ($0.key, $0.value) })
            #expect(found.types.joined() == types, "\(found)")
            #expect(found.next == "5" && found.end == "5" && found.count == "\(types.count)")
        }
    }

    @Test("a day of another zone, and hours when clocks change")
    func zone() async throws {
        let server = try TestServer(timeZone: try #require(ProjectTimeZone(name: "Europe/Berlin")))
        try await server.application.test(.router) { client in
            try await client.post(events: "[\(Self.events.joined(separator: ","))]")
            #expect(try await page(client, [("from", "20240301")]).types == ["B", "C", "D", "E"])
            #expect(try await page(client, [("to", "20240301T00")]).types == ["A", "B"])
            // 2024-03-31: at 02:00 it is 03:00, which is 01:00 UTC.
            let hour = 1_711_846_800_000
            let times = [hour - 1, hour, hour + 3_599_999, hour + 3_600_000]
            let events = zip("KLMN", times).map { #"{"user_id":"user-one","event_type":"\#($0)","time":\#($1)}"# }
            try await client.post(events: "[\(events.joined(separator: ","))]")
            #expect(try await page(client, [("from", "20240331T03"), ("to", "20240331T03")]).types == ["L", "M"])
            #expect(try await page(client, [("from", "20240331T01"), ("to", "20240331T01")]).types == ["K"])
        }
    }

    @Test(
        "mistakes are told with something that is right",
        arguments: [
            ("cursor", "x", "cursor=0"), ("end", "-1", "end=0"), ("from", "2024", "20260131T09"),
            ("to", "20240230", "20260131"), ("to", "20240229T24", "T23"), ("events", ",", "Sign Up,Purchase"),
            ("events", "Z", "No event of type"), ("where", "a", "country in DE"),
            ("where", "prize is 1", "Did you mean"), ("where", "gp:price is 1", "write event:price"),
        ]
    )
    func mistakes(name: String, value: String, part: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: "[\(Self.events.joined(separator: ","))]")
            let found = try await page(client, [(name, value)])
            #expect(found.status == 400 && found.body.contains(part.replacing("\"", with: "\\\"")), "\(found)")
        }
    }
}
