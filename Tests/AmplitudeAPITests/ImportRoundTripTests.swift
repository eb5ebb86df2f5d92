import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import AmplitudeAPI

/// What one server exports, another one imports, and exports again.
@Suite("From one server to another") struct ImportRoundTripTests {
    /// Events of few people on few devices, so that they log in and are merged; at any time, with all that a row tells.
    private static func event(_ number: Int, _ random: inout SeededRandom) -> String {
        var fields = [
            "\"event_type\":\"\(random.pick(["Play", "Stop", "Bu\\\"y", "$identify"]))\"",
            "\"time\":\(1_700_000_000_000 + Int64(random.below(1_000)) * 86_400)",
        ]
        let (user, device) = (random.below(3), random.below(3))
        if user > 0 || device == 0 { fields.append("\"user_id\":\"user-\(random.below(4))\"") }
        if device > 0 { fields.append("\"device_id\":\"device-\(random.below(6))\"") }
        let others = [
            #""insert_id":"i \#(number)""#, #""insert_id":"0f8fad5b-d9cb-469f-a165-\#(100_000_000_000 + number)""#,
            #""session_id":\#(1_700_000_000_000 + number)"#, #""event_id":\#(number)"#,
            #""user_properties":{"$set":{"color":"\#(random.pick(["red", "blé", "🎉"]))"},"$add":{"n":1.5}}"#,
            #""user_properties":{"$append":{"list":"\#(String(repeating: "x", count: random.below(900)))"}}"#,
            #""user_properties":{"$unset":{"color":"-"}}"#, #""price":2.5,"quantity":3"#, #""revenue":-4"#,
            #""event_properties":{"a":[1,{"b":null}],"n":10.0,"big":12345678901234567890,"é\u0001":"\u2028\\"}"#,
            #""groups":{"org":["a","b"],"x":1}"#, #""country":"France","city":"Paris""#, #""ip":"127.0.0.1""#,
            #""platform":"iOS","device_model":"iPhone","app_version":"1.\#(random.below(3))""#,
            #""location_lat":52.5,"location_lng":-0.1,"idfa":"f","adid":"a","partner_id":"p""#,
            #""plan":{"branch":"main"},"language":"en-US","carrier":"é""#, #""library":"http/9""#,
        ]
        for _ in 0..<random.below(5) { fields.append(random.pick(others)) }
        return "{\(fields.joined(separator: ","))}"
    }

    private struct Exported {
        var rows: [String]
        var merges: [String]
        /// Without what may differ.
        var plainRows: [String] {
            rows.map { $0.replacing(/"(app|processed_time)":("[^"]*"|\d+)/) { "\"\($0.1)\":0" } }
        }
    }

    private static func ask(
        _ client: some TestClientProtocol,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String = ""
    ) async throws -> (status: Int, body: String) {
        var headers: HTTPFields = [:]
        headers[.authorization] = TestServer.credentials
        return try await client.execute(
            uri: path,
            method: method,
            headers: headers,
            body: ByteBuffer(string: body)
        ) { ($0.status.code, String(buffer: $0.body)) }
    }

    private static func export(_ client: some TestClientProtocol) async throws -> Exported {
        func lines(_ path: String) async throws -> [String] {
            try await ask(client, .get, path).body.split(separator: "\n").map(String.init)
        }
        return Exported(
            rows: try await lines("/api/v1/export"),
            merges: try await lines("/api/v1/export/merged-ids")
        )
    }

    private static func send(
        _ lines: [String],
        as form: String,
        to client: some TestClientProtocol
    ) async throws -> String {
        var answer = ""
        for start in stride(from: 0, to: lines.count, by: 37) {
            let piece = lines[start...].prefix(37).joined(separator: "\n")
            let (status, body) = try await ask(
                client,
                .post,
                "/api/v1/import?form=\(form)&file=f&line=\(start + 1)",
                piece
            )
            #expect(status == 200 && body.hasSuffix("\"rejected\":[]}"), "\(body)")
            answer = body
        }
        return answer
    }

    @Test("random events come back as they were, in their order, with who turned out to be whom", arguments: 0..<40)
    func random(seed: UInt64) async throws {
        let first = try TestServer()
        let exported = try await first.application.test(.router) { client in
            var random = SeededRandom(seed: seed)
            for request in 0..<12 {
                let events = (0..<1 + random.below(12)).map { Self.event(100 * request + $0, &random) }
                // Some clocks are wrong.
                let upload = random.below(3) == 0 ? ",\"client_upload_time\":\"2024-02-27T00:00:00.500Z\"" : ""
                let (status, body) = try await client.post(
                    body: "{\"api_key\":\"\(TestServer.apiKey)\",\"options\":{\"min_id_length\":1},\"events\":["
                        + events.joined(separator: ",") + "]\(upload)}"
                )
                #expect(status == 200, "\(body)")
            }
            return try await Self.export(client)
        }
        #expect(exported.rows.count > 10)
        let second = try TestServer()
        try await second.application.test(.router) { client in
            // Rows are not where they were, and somebody is here already.
            if seed.isMultiple(of: 2) {
                try await client.post(events: #"[{"user_id":"before","event_type":"$identify"}]"#)
            }
            _ = try await Self.send(exported.rows, as: "rows", to: client)
            _ = try await Self.send(exported.merges, as: "merges", to: client)
            let answer = try await Self.send(exported.rows, as: "rows", to: client)
            #expect(answer.contains("\"stored\":0,"), "once more, nothing is new: \(answer)")
            _ = try await Self.send(exported.merges, as: "merges", to: client)
            let again = try await Self.export(client)
            if seed.isMultiple(of: 2) {
                // The number 1 is somebody's: whoever had it there has another one here.
                func unnumbered(_ exported: Exported) -> [String] {
                    exported.plainRows.map { $0.replacing(/"amplitude_id":\d+/, with: "") }
                }
                #expect(unnumbered(again) == unnumbered(exported))
                #expect(again.rows.allSatisfy { !$0.contains("\"amplitude_id\":1,") })
            } else {
                #expect(again.plainRows == exported.plainRows)
                #expect(again.merges == exported.merges)
            }
            let ledger = try second.ledger()
            #expect(ledger.balances)
        }
    }

    @Test("people have there the numbers that they had here, wherever those are shown and asked for")
    func numbers() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            func row(_ id: Int64, _ user: String, _ uuid: String) -> String {
                #"{"amplitude_id":\#(id),"user_id":\#(user),"device_id":"d-\#(id)","event_type":"Play","uuid":"\#(uuid)","#
                    + #""event_time":"2024-02-29 12:00:00.000000","server_upload_time":"2024-02-29 12:00:00.000000"}"#
            }
            _ = try await Self.send(
                [
                    row(900_000_000_001, "\"ann-1\"", "a"), row(900_000_000_002, "null", "b"),
                    row(900_000_000_003, "\"bob-1\"", "c"),
                ],
                as: "rows",
                to: client
            )
            let merge =
                #"{"amplitude_id":900000000002,"merge_event_time":"2024-02-29 12:00:00","merged_amplitude_id":900000000001}"#
            _ = try await Self.send([merge], as: "merges", to: client)
            var (_, body) = try await Self.ask(client, .get, "/api/2/usersearch?user=900000000002")
            #expect(body.contains("\"user_id\":\"ann-1\",\"amplitude_id\":900000000001,"), "\(body)")
            #expect(body.contains("match_amplitude_id"))
            body = try await Self.ask(client, .get, "/api/2/useractivity?user=900000000002").body
            #expect(body.contains("\"canonical_amplitude_id\":900000000001,"), "\(body)")
            #expect(body.contains("\"merged_amplitude_ids\":[900000000002],\"num_events\":2"), "\(body)")
            #expect(body.contains("\"amplitude_id\":900000000002,"))
            body = try await Self.ask(client, .get, "/api/2/useractivity?user=2").body
            #expect(body.contains("\"canonical_amplitude_id\":null"), "the dense number is nobody's")
            let cell = [
                ("e", "{\"event_type\":\"Play\"}"), ("start", "20240229"), ("end", "20240229"),
                ("drill", "{\"series\":0,\"index\":0}"), ("drillLimit", "1"),
            ]
            body = try await client.segmentation(cell).body
            #expect(
                body
                    == "{\"data\":{\"count\":2,\"users\":[{\"amplitude_id\":900000000001,\"user_id\":\"ann-1\",\"value\":1}],"
                    + "\"next\":900000000001}}"
            )
            body = try await client.segmentation(cell + [("drillAfter", "900000000001")]).body
            #expect(body.contains("\"amplitude_id\":900000000003,") && body.hasSuffix("\"next\":null}}"), "\(body)")
            let order = #"{"amplitudeId":900000000002,"startDate":"2024-01-01","endDate":"2024-12-31"}"#
            body = try await Self.ask(client, .post, "/api/2/dsar/requests", order).body
            body = try await Self.ask(client, .get, "/api/2/dsar/requests/1").body
            #expect(body.contains("\"amplitudeId\":900000000001,"), "\(body)")
            try await client.post(events: #"[{"user_id":"cleo-1","event_type":"Play"}]"#)
            body = try await Self.ask(client, .get, "/api/2/usersearch?user=cleo-1").body
            #expect(body.contains("\"amplitude_id\":900000000004,"), "\(body)")
        }
    }

    @Test("mistakes are told: in the parameters, and line by line")
    func mistakes() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for (query, part) in [
                ("", "file must say which file"), ("file=a&form=row", "form must be one of rows, events, merges"),
                ("file=a&line=0", "line must be the number of the first line of a piece"),
            ] {
                let (status, body) = try await Self.ask(client, .post, "/api/v1/import?\(query)", "{}")
                #expect(status == 400 && body.contains(part), "\(body)")
            }
            let lines = """
                {"user_id":"ann","event_type":"A","time":1700000000000}

                {"user_id":"ann","event_type":"A"}
                """
            let (status, body) = try await Self.ask(client, .post, "/api/v1/import?file=a&form=events&line=7", lines)
            #expect(status == 200)
            #expect(
                body
                    == #"{"received":2,"stored":1,"expired":0,"duplicate":0,"dropped":0,"rejected":[{"line":9,"reason":"time must be "#
                    + #"milliseconds since 1970, such as \"time\":1767225600000"}]}"#
            )
            // A person may have 1,024 properties.
            let many = (0..<1_200).map {
                #"{"user_id":"bob","event_type":"A","time":5,"user_properties":{"p\#($0)":1}}"#
            }.joined(separator: "\n")
            let full = try await Self.ask(client, .post, "/api/v1/import?file=b&form=events", many).body
            #expect(full.hasPrefix(#"{"received":1200,"stored":1024,"#), "\(full.prefix(200))")
            #expect(full.contains(#"{"line":1025,"reason":"user_properties would make more properties than"#))
            let ledger = try server.ledger()
            #expect(ledger.balances && ledger.stored == 1_025, "\(ledger)")
            let unknown = try await client.execute(uri: "/api/v1/import?file=a", method: .post) { $0.status.code }
            #expect(unknown == 401)
        }
    }
}
