import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import AmplitudeAPI

@Suite("answers as CSV (Documentation/asking.md Q6, Q10)")
struct ChartTablesTests {
    /// As Python's csv module reads a file: lists of texts, as JSON.
    private func read(_ csv: String) throws -> [[String]] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("antinode-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(csv.utf8).write(to: file)
        let script = """
            import csv, json, sys
            with open(sys.argv[1], newline="", encoding="utf-8") as file:
                print(json.dumps(list(csv.reader(file, strict=True))))
            """
        let text = try Python.run(script, file.path)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String]])
    }

    private func ask(
        _ client: some TestClientProtocol,
        _ method: HTTPRequest.Method,
        _ uri: String,
        accept: String?,
        _ body: String = ""
    ) async throws -> (type: String?, body: String) {
        var headers: HTTPFields = [:]
        headers[.authorization] = TestServer.credentials
        headers[.accept] = accept
        return try await client.execute(uri: uri, method: method, headers: headers, body: ByteBuffer(string: body)) {
            ($0.headers[.contentType], String(buffer: $0.body))
        }
    }

    @Test("format=csv and Accept: text/csv give one table, whose header names the members of the rows")
    func tables() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            for (path, parameters) in ChartData.requests {
                let (status, csv) = try await client.ask(path, parameters + ChartData.days + [("format", "csv")])
                #expect(status == 200 && csv.hasSuffix("\r\n"), "\(path) \(parameters)")
                let table = try read(csv)
                let (_, chart) = try await client.save(chart: try ChartData.body(path, parameters))
                let document = chart.at("data", "question")
                let asked = try await ask(client, .post, "/api/v1/query", accept: "text/csv", document)
                #expect(asked.body == csv && asked.type == "text/csv; charset=utf-8")
                let json = try AnswerBody(try await client.request(.post, "/api/v1/query", document).body)
                #expect(table[0].sorted() == json.keys(at: "data", "rows", "0"), "\(path) \(parameters)")
                #expect(table.count - 1 == json.count(at: "data", "rows"))
                for (number, row) in table.dropFirst().enumerated() {
                    for (column, cell) in zip(table[0], row) {
                        let value = json.at("data", "rows", String(number), column)
                        let text =
                            value.first == "\"" ? try JSONDecoder().decode(String.self, from: Data(value.utf8)) : value
                        // What a spreadsheet would run has an apostrophe here.
                        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
                        let wanted = value.first == "\"" && isFormula ? "'" + text : text
                        #expect(cell == (wanted == "null" ? "" : wanted), "\(path) \(column)")
                    }
                }
            }
        }
    }

    @Test("a text that a spreadsheet would run gets an apostrophe, a number does not; quotes and lines' ends are kept")
    func formulas() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let sayings = "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"event\",\"value\":\"say\"}]}"
            let (_, csv) = try await client.ask(
                "events/segmentation",
                [("e", sayings), ("m", "formula"), ("formula", "TOTALS(A)*-1"), ("format", "csv")] + ChartData.days
            )
            let table = try read(csv)
            #expect(Set(table.dropFirst().map { $0[3] }) == ["'=1+1", "'-x", "a \"b\", c\nd", "(none)"])
            #expect(csv.contains("\"a \"\"b\"\", c\nd\""))
            #expect(table.contains { $0[4] == "-1" })
        }
    }

    @Test(
        "JSON unless a table is asked for; what format may be",
        arguments: [
            (nil, "application/json"), ("*/*", "application/json"), ("text/csv", "text/csv; charset=utf-8"),
            ("text/csv, application/json", "text/csv; charset=utf-8"),
            ("application/json, text/csv", "application/json"),
            ("text/csv;q=0.5, application/json", "application/json"), ("text/csv;q=0", "application/json"),
            ("Text/CSV; q=1, application/json;q=0.9", "text/csv; charset=utf-8"),
            ("text/html, text/csv", "text/csv; charset=utf-8"),
        ] as [(String?, String)]
    )
    func accepted(accept: String?, type: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let document = "{\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"3d\"}}"
            #expect(try await ask(client, .post, "/api/v1/query", accept: accept, document).type == type)
            let users = "{\"question\":\(document),\"cell\":{\"series\":0,\"index\":0}}"
            #expect(try await ask(client, .post, "/api/v1/query/users", accept: accept, users).type == type)
            let (id, _) = try await client.save(chart: "{\"question\":\(document)}")
            #expect(try await ask(client, .get, "/api/3/chart/\(id)/csv", accept: accept).type == type)
            // The Dashboard API tells by its parameter alone.
            let path = "/api/2/users?start=20240228&end=20240301"
            #expect(try await ask(client, .get, path, accept: accept).type == "application/json")
            #expect(
                try await client.refusal("users", ChartData.days + [("format", "xml")]) == "format must be json or csv"
            )
        }
    }

    @Test("people of a cell as a table")
    func people() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let (_, csv) = try await client.ask(
                "events/segmentation",
                [ChartData.play, ("m", "totals"), ("drill", "{\"series\":0,\"index\":0}"), ("format", "csv")]
                    + ChartData.days
            )
            #expect(csv == "amplitude_id,user_id,value\r\n1,ann-1,2\r\n2,bob-1,1\r\n")
        }
    }

    @Test("the recorded layout of a chart's file, to the letter")
    func recorded() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let body = try ChartData.body("events/segmentation", [ChartData.play], name: "Say \"hi\"")
            let (id, _) = try await client.save(chart: body)
            let wanted = [
                "\"\tSay \"\"hi\"\"\"", "\"\t\"", "", "\"\tUniques\"", "\"\tPlay\"", "",
                "\"\tSegment\",\"\t2024-02-28\",\"\t2024-02-29\",\"\t2024-03-01\"", "\"\tAll Users\",\"2\",\"1\",\"0\"",
                "",
            ].joined(separator: "\r\n")
            #expect(try await ask(client, .get, "/api/3/chart/\(id)/csv", accept: "text/csv").body == wanted)
            let json = try AnswerBody(try await client.get("/api/3/chart/\(id)/csv").body)
            #expect(json.keys() == ["data"])
            let data = try JSONDecoder().decode(String.self, from: Data(json.at("data").utf8))
            #expect(data == wanted)
        }
    }

    @Test("every type has a file that is a table for others, too")
    func everyType() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            for (path, parameters) in ChartData.requests {
                let (id, _) = try await client.save(chart: try ChartData.body(path, parameters))
                let csv = try await ask(client, .get, "/api/3/chart/\(id)/csv", accept: "text/csv").body
                let rows = try read(csv)
                #expect(rows[0] == ["\tChart"] && rows[1] == ["\t"] && rows[2] == [], "\(path)")
                // A block has its titles, an empty line, and rows that are as wide as its header.
                let blocks = rows[3...].split(separator: [])
                #expect(blocks.count >= 2 && blocks.count.isMultiple(of: 2), "\(path) \(parameters): \(csv)")
                for index in stride(from: 1, to: blocks.count, by: 2) {
                    let table = Array(blocks[index])
                    #expect(table.allSatisfy { $0.count == table[0].count } && table.count > 1, "\(path): \(csv)")
                    #expect(table[0].allSatisfy { $0.hasPrefix("\t") })
                    #expect(table.dropFirst().allSatisfy { $0.contains { Double($0) != nil } }, "\(path): \(csv)")
                }
            }
        }
    }

    @Test("a file has more groups than the chart shows")
    func groups() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let events = (0..<150).map { "{\"user_id\":\"user-\($0)\",\"event_type\":\"Play\",\"time\":1709121600000}" }
            try await client.fill("[\(events.joined(separator: ","))]")
            let (id, _) = try await client.save(
                chart: try ChartData.body("events/segmentation", [ChartData.play, ("g", "user_id")])
            )
            let shown = try AnswerBody(try await client.get("/api/3/chart/\(id)/query").body)
            #expect(shown.count(at: "data", "series") == 100)
            let file = try await ask(client, .get, "/api/3/chart/\(id)/csv", accept: "text/csv").body
            #expect(try read(file).count == 7 + 150)
        }
    }
}
