import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import AmplitudeAPI

/// An event with these fields beside, or instead of, a user and a type.
private func event(_ fields: String, user: String = "\"user_id\":\"user-1\",", type: String = "\"A\"") -> String {
    "{\(user)\"event_type\":\(type)\(fields.isEmpty ? "" : ",")\(fields)}"
}

private func request(_ events: String, options: String = "") -> String {
    "{\"api_key\":\"\(TestServer.apiKey)\",\(options)\"events\":[\(events)]}"
}

private func accepted(_ body: String, _ count: Int = 1) -> String {
    "200 {\"code\":200,\"events_ingested\":\(count),\"payload_size_bytes\":\(body.utf8.count),"
        + "\"server_upload_time\":1709294400000}"
}

/// - Parameter indexes: of bad events, as JSON.
private func invalid(_ field: String, _ indexes: String = "[0]") -> String {
    "400 {\"code\":400,\"error\":\"Invalid field values on some events\","
        + "\"events_with_invalid_fields\":{\"\(field)\":\(indexes)}}"
}

private func missing(_ field: String, _ indexes: String = "[0]") -> String {
    "400 {\"code\":400,\"error\":\"Request missing required field\","
        + "\"events_with_missing_fields\":{\"\(field)\":\(indexes)}}"
}

private func short(_ field: String) -> String {
    "400 {\"code\":400,\"error\":\"Invalid id length for user_id or device_id\","
        + "\"events_with_invalid_fields\":{\"\(field)\":[0]},\"events_with_invalid_id_lengths\":{\"\(field)\":[0]}}"
}

private func error(_ text: String) -> String { "400 {\"code\":400,\"error\":\"\(text)\"}" }

private let tooLarge = "413 {\"code\":413,\"error\":\"Payload too large\"}"

/// Objects in objects, so many levels.
private func nested(_ levels: Int) -> String {
    String(repeating: "{\"a\":", count: levels) + "1" + String(repeating: "}", count: levels)
}

/// Lists in an object, so many levels in all.
private func nestedLists(_ levels: Int) -> String {
    "{\"a\":" + String(repeating: "[", count: levels - 1) + "1" + String(repeating: "]", count: levels - 1) + "}"
}

private func keys(_ count: Int) -> String {
    "{" + (0..<count).map { "\"\($0)\":1" }.joined(separator: ",") + "}"
}

extension TestClientProtocol {
    fileprivate func answer(_ body: String) async throws -> String {
        let (status, text) = try await post(body: body)
        return "\(status) \(text)"
    }

    fileprivate func answer(_ bytes: [UInt8], to path: String, contentType: String? = nil) async throws -> String {
        try await execute(
            uri: path,
            method: .post,
            headers: contentType.map { [.contentType: $0] } ?? [:],
            body: ByteBuffer(bytes: bytes)
        ) { "\($0.status.code) \(String(buffer: $0.body))" }
    }
}

@Suite("answers to the letter: ids (Documentation/events-and-identity.md E3 to E6)") struct IDAnswerTests {
    private static let forbidden = [
        "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown",
        "00000000-0000-0000-0000-000000000000", "{}", "lmy47d", "0", "-1",
    ]

    @Test("forbidden ids, however they are written", arguments: ["user_id", "device_id"])
    func forbidden(field: String) async throws {
        let server = try TestServer()
        let other = field == "user_id" ? "\"device_id\":\"device-1\"," : "\"user_id\":\"user-1\","
        try await server.application.test(.router) { client in
            for id in Self.forbidden {
                for written in [id, id.uppercased(), id.capitalized, " \(id) ", "\\t\(id)\\u00a0"] {
                    // Also next to a good id, and where ids may be that short.
                    for options in ["", "\"options\":{\"min_id_length\":1},"] {
                        let body = request(event("\"\(field)\":\"\(written)\"", user: other), options: options)
                        let found = try await client.answer(body)
                        #expect(found == invalid(field), "\(body)")
                    }
                }
            }
            for number in ["0", "-1", "0.0", "-1.0"] {
                let found = try await client.answer(request(event("\"\(field)\":\(number)", user: other)))
                #expect(found == invalid(field), "\(number)")
            }
        }
    }

    @Test(
        "ids have five characters at least, or as many as the request says",
        arguments: [
            ("", "\"abcd\"", false), ("", "\"abcde\"", true), ("", "\" abcd \"", false), ("", "\" abcde \"", true),
            ("", "1234", false), ("", "12345", true), ("", "-123", false), ("", "\"äöüß\"", false),
            ("", "\"äöüßé\"", true), ("", "\"😀😀😀😀\"", false), ("", "\"😀😀😀😀😀\"", true), ("1", "\"a\"", true),
            ("1", "7", true), ("0", "\"a\"", true), ("-3", "\"a\"", true), ("5", "\"abcd\"", false),
            ("6", "\"abcde\"", false), ("6", "\"abcdef\"", true), ("9223372036854775807", "\"abcdef\"", false),
            ("null", "\"abcd\"", false), ("null", "\"abcde\"", true), ("\"1\"", "\"a\"", false),
        ]
    )
    func lengths(minimum: String, id: String, isValid: Bool) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let options = minimum.isEmpty ? "" : "\"options\":{\"min_id_length\":\(minimum)},"
            for field in ["user_id", "device_id"] {
                let body = request(event("\"\(field)\":\(id)", user: ""), options: options)
                let found = try await client.answer(body)
                #expect(found == (isValid ? accepted(body) : short(field)))
            }
        }
    }

    @Test(
        "no id, or none that counts",
        arguments: ["", "\"user_id\":null,", "\"user_id\":\"\",\"device_id\":\" \\t\","]
    )
    func missing(ids: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let found = try await client.answer(request(event("", user: ids)))
            #expect(found == AmplitudeAPITests.missing("user_id"))
            let group = request(event("", user: ids, type: "\"$groupidentify\""))
            let answer = try await client.answer(group)
            #expect(answer == accepted(group), "a group needs nobody")
            let other = request(
                event("", user: ids.replacingOccurrences(of: "user_id", with: "x") + "\"device_id\":\"device-1\",")
            )
            let accepted = try await client.answer(other)
            #expect(accepted == AmplitudeAPITests.accepted(other))
        }
    }

    @Test("texts and numbers are ids, nothing else", arguments: ["true", "false", "[]", "[\"user-1\"]", "{}"])
    func kinds(value: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for field in ["user_id", "device_id"] {
                let found = try await client.answer(request(event("\"\(field)\":\(value)", user: "")))
                #expect(found == invalid(field))
            }
        }
    }

    @Test("an id is the same with spaces around it, and as a number")
    func sameID() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let ids = ["12345", "\"12345\"", "\" 12345\"", "\"12345\\u00a0\"", "12345.0"]
            let events = ids.map { event("\"user_id\":\($0),\"time\":1709208000000", user: "") }.joined(separator: ",")
            #expect(try await client.answer(request(events)).hasPrefix("200 "))
            let range = [("start", "20240229"), ("end", "20240229")]
            let (_, people) = try await client.segmentation(range + [("e", "{\"event_type\":\"A\"}")])
            #expect(people.contains("\"series\":[[1]]"))
        }
    }
}

private let wholeNumbers = ["time", "session_id", "event_id"]
private let amounts = ["price", "quantity", "revenue"]
private let objects = ["event_properties", "user_properties", "group_properties", "groups"]
private let texts = [
    "insert_id", "app_version", "version_name", "platform", "os_name", "os_version", "device_brand",
    "device_manufacturer", "device_model", "carrier", "country", "region", "city", "dma", "language", "library",
    "productId", "product_id", "revenueType", "revenue_type", "currency",
]

@Suite("answers to the letter: fields (Documentation/events-and-identity.md E9 to E12)") struct FieldAnswerTests {
    @Test("a value of the wrong kind names its field", arguments: wholeNumbers + amounts + objects + texts)
    func wrongKinds(field: String) async throws {
        var wrong = ["[]", "[1]"]
        if !objects.contains(field) { wrong.append("{}") }
        if !texts.contains(field) { wrong += ["\"1\"", "\"2024-01-01T00:00:00Z\"", "true", "\"\""] }
        if wholeNumbers.contains(field) { wrong += ["1.5", "1e300", "18446744073709551615"] }
        if objects.contains(field) { wrong += ["1", "0.5"] }
        let server = try TestServer()
        try await server.application.test(.router) { [wrong] client in
            for value in wrong {
                let found = try await client.answer(request(event("\"\(field)\":\(value)")))
                #expect(found == invalid(field), "\(value)")
            }
            let body = request(event("\"\(field)\":null"))
            let found = try await client.answer(body)
            #expect(found == accepted(body), "null is as good as missing")
        }
    }

    @Test("scalars of any kind are texts", arguments: texts)
    func scalars(field: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for value in ["\"x\"", "\"\"", "1", "1.5", "true"] {
                let body = request(event("\"\(field)\":\(value)"))
                let found = try await client.answer(body)
                #expect(found == accepted(body), "\(value)")
            }
        }
    }

    @Test("names that only the server gives, and what is no name")
    func eventTypes() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let reserved = [
                "Start Session", "End Session", "Revenue", "Revenue (Verified)", "Revenue (Unverified)", "Merged User",
            ]
            let wrong = reserved.map { "\"[Amplitude] \($0)\"" } + ["7", "true", "[\"A\"]", "{}"]
            for type in wrong {
                let found = try await client.answer(request(event("", type: type)))
                #expect(found == invalid("event_type"), "\(type)")
            }
            for type in ["null", "\"\""] {
                let found = try await client.answer(request(event("", type: type)))
                #expect(found == missing("event_type"), "\(type)")
            }
            let found = try await client.answer(request("{\"user_id\":\"user-1\"}"))
            #expect(found == missing("event_type"))
            for type in ["\"[Amplitude] Page Viewed\"", "\"session_start\"", "\"[amplitude] revenue\"", "\" \""] {
                let body = request(event("", type: type))
                let answer = try await client.answer(body)
                #expect(answer == accepted(body), "\(type)")
            }
        }
    }

    @Test("40 levels and 1,024 keys", arguments: ["event_properties", "user_properties", "group_properties"])
    func limits(field: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for (number, good) in [nested(40), nestedLists(40), keys(1_024)].enumerated() {
                // All of them together are more than one person may have.
                let body = request(event("\"\(field)\":\(good)", user: "\"user_id\":\"user-\(number)\","))
                let found = try await client.answer(body)
                #expect(found == accepted(body))
            }
            for bad in [nested(41), nestedLists(41), keys(1_025), nested(1_000)] {
                let found = try await client.answer(request(event("\"\(field)\":\(bad)")))
                #expect(found == invalid(field))
            }
        }
    }

    @Test("groups: five types of ten values, each a scalar")
    func groups() async throws {
        @Sendable func types(_ count: Int) -> String { keys(count) }
        @Sendable func values(_ count: Int) -> String {
            "{\"org\":[\((0..<count).map { "\($0)" }.joined(separator: ","))]}"
        }
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for good in [
                types(5), values(10), "{\"org\":[]}", "{\"org\":true}", "{\"org\":null}", "{\"org\":[null,1]}",
            ] {
                let body = request(event("\"groups\":\(good)"))
                let found = try await client.answer(body)
                #expect(found == accepted(body), "\(good)")
            }
            for bad in [types(6), values(11), "{\"org\":{}}", "{\"org\":[[1]]}", "[null]"] {
                let found = try await client.answer(request(event("\"groups\":\(bad)")))
                #expect(found == invalid("groups"), "\(bad)")
            }
        }
    }

    @Test("long texts are cut at 1,024 characters, whatever their bytes", arguments: ["x", "é", "東", "😀"])
    func longTexts(character: String) async throws {
        let cut = String(repeating: character, count: 1_024)
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let long = cut + character
            let body = request(
                event(
                    "\"time\":1709208000000,\"event_properties\":{\"p\":\"\(long)\"},\"user_properties\":{\"q\":\"\(long)\"}",
                    type: "\"\(long)\""
                )
            )
            let found = try await client.answer(body)
            #expect(found == accepted(body))
            let range = [("start", "20240229"), ("end", "20240229"), ("m", "totals")]
            for (kind, name) in [("event", "p"), ("user", "gp:q")] {
                let e = "{\"event_type\":\"\(cut)\",\"group_by\":[{\"type\":\"\(kind)\",\"value\":\"\(name)\"}]}"
                let (_, answer) = try await client.segmentation(range + [("e", e)])
                #expect(answer.contains("\"seriesLabels\":[[0,\"\(cut)\"]]"))
                #expect(answer.contains("\"series\":[[1]]"))
            }
        }
    }

    @Test("all bad events, each under all that is wrong with it; nothing of the request is stored")
    func allIndexes() async throws {
        let good = event("\"time\":1709208000000")
        let bad = [
            event("\"time\":\"2024-01-01T00:00:00Z\",\"session_id\":\"x\""),  // 1
            event("", user: ""),  // 3
            "{\"user_id\":\"None\"}",  // 5
            event("", user: "\"user_id\":\"abc\",\"device_id\":\"device-1\","),  // 7
            event("\"user_properties\":{\"$set\":{},\"a\":1},\"city\":[]", type: "\"[Amplitude] Revenue\""),  // 9
            "{}",  // 11
        ]
        let expected =
            "400 {\"code\":400,\"error\":\"Request missing required field\",\"events_with_invalid_fields\":"
            + "{\"city\":[9],\"event_type\":[9],\"session_id\":[1],\"time\":[1],\"user_id\":[5,7],\"user_properties\":[9]},"
            + "\"events_with_missing_fields\":{\"event_type\":[5,11],\"user_id\":[3,11]},"
            + "\"events_with_invalid_id_lengths\":{\"user_id\":[7]}}"
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let found = try await client.answer(request(bad.map { "\(good),\($0)" }.joined(separator: ",")))
            #expect(found == expected)
            let (_, stored) = try await client.segmentation(
                [("start", "20240229"), ("end", "20240229"), ("e", "{\"event_type\":\"_all\"}"), ("m", "totals")]
            )
            #expect(stored.contains("\"series\":[[0]]"))
            let kept = try server.rejects()
            #expect(kept.map(\.events) == [12])
        }
    }
}

@Suite("answers to the letter: requests (Documentation/http.md H2, H6, H15)") struct RequestAnswerTests {
    private static let key = "\"api_key\":\"\(TestServer.apiKey)\""

    @Test(
        "requests that are none",
        arguments: [
            ("", error("Missing request body")), ("{", error("Invalid JSON request body")),
            ("{\(key),\"events\":[}", error("Invalid JSON request body")), ("null", error("Invalid JSON request body")),
            ("[{\(key),\"events\":[]}]", error("Invalid JSON request body")),
            ("{\(key),\"events\":[]} {}", error("Invalid JSON request body")),
            ("{\(key),\"events\":[],}", error("Invalid JSON request body")),
            ("{'api_key':'x'}", error("Invalid JSON request body")),
            ("api_key=x&event=y", error("Invalid JSON request body")),
            ("{\"events\":[]}", "api_key"), ("{\"api_key\":null,\"events\":[]}", "api_key"),
            ("{\"api_key\":\"\",\"events\":[]}", "api_key"), ("{\"api_key\":7,\"events\":[]}", "api_key"),
            ("{}", "api_key"), ("{\(key)}", "events"), ("{\(key),\"events\":null}", "events"),
            ("{\(key),\"events\":{}}", "events"), ("{\(key),\"events\":\"[]\"}", "events"),
            ("{\(key),\"events\":[[]]}", error("Invalid event JSON")),
            ("{\(key),\"events\":[{},null]}", error("Invalid event JSON")),
            ("{\"api_key\":\"wrong \\\"key\\\"\",\"events\":[{}]}", error("Invalid API key: wrong \\\"key\\\"")),
            ("{\"api_key\":\"wrong\"}", error("Invalid API key: wrong")),
        ]
    )
    func refused(body: String, answer: String) async throws {
        // A bare word is a missing field of the request itself.
        let expected =
            answer.hasPrefix("400 ")
            ? answer : "400 {\"code\":400,\"error\":\"Request missing required field\",\"missing_field\":\"\(answer)\"}"
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for path in ["/2/httpapi", "/batch"] {
                let found = try await client.answer(Array(body.utf8), to: path)
                #expect(found == expected, "\(path)")
            }
        }
    }

    @Test("text that is no UTF-8 is no JSON")
    func damagedText() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let (start, end) = ("{\(Self.key),\"events\":[{\"user_id\":\"user-", "\",\"event_type\":\"A\"}]}")
            for bytes in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]] {
                let found = try await client.answer(Array(start.utf8) + bytes + Array(end.utf8), to: "/2/httpapi")
                #expect(found == error("Invalid JSON request body"))
            }
        }
    }

    @Test("no events are no error; what else a request says is passed over")
    func empty() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for more in [
                "", "\"request_metadata\":{\"sdk\":{}},", "\"options\":null,", "\"client_upload_time\":\"soon\",",
            ] {
                let body = request("", options: more)
                let found = try await client.answer(body)
                #expect(found == accepted(body, 0))
            }
        }
    }

    @Test("events of a request are counted with their duplicates")
    func duplicates() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let one = event("\"insert_id\":\"i\"")
            let body = request("\(one),\(one),\(one)")
            for _ in 0..<2 {
                let found = try await client.answer(body)
                #expect(found == accepted(body, 3))
            }
        }
    }

    @Test("20 MB for a batch, 1 MB for a form, and not a byte more")
    func sizes() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let start = "{\(Self.key),\"events\":[],\"padding\":\""
            func batch(_ bytes: Int) -> [UInt8] {
                Array(start.utf8) + Array(repeating: 0x78, count: bytes - start.utf8.count - 2) + Array("\"}".utf8)
            }
            let most = 20 << 20
            let found = try await client.answer(batch(most), to: "/batch")
            #expect(found == accepted(String(decoding: batch(most), as: UTF8.self), 0))
            #expect(try await client.answer(batch(most + 1), to: "/batch") == tooLarge)
            for path in ["/identify", "/groupidentify", "/usermap"] {
                let form = Array("api_key=\(TestServer.apiKey)&padding=".utf8)
                let word = path == "/usermap" ? "400 missing_mapping" : "400 missing_event"
                let padded = form + Array(repeating: 0x78, count: (1 << 20) - form.count)
                let type = "application/x-www-form-urlencoded"
                #expect(try await client.answer(padded, to: path, contentType: type) == word)
                let large = try await client.answer(padded + [0x78], to: path, contentType: type)
                #expect(large == "413 Payload too large")
            }
        }
    }

    @Test(
        "1,024 identifies, 2,000 mappings",
        arguments: [
            ("/identify", "identification", "{\"user_id\":\"user-1\"}", 1_024),
            ("/groupidentify", "identification", "{\"group_type\":\"org\",\"group_value\":\"Acme\"}", 1_024),
            ("/usermap", "mapping", "{\"user_id\":\"user-1\",\"unmap\":true}", 2_000),
        ]
    )
    func formCounts(path: String, field: String, item: String, most: Int) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for (count, answer) in [(most, "200 success"), (most + 1, "413 Payload too large")] {
                let items = Array(repeating: item, count: count).joined(separator: ",")
                let form = Array("api_key=\(TestServer.apiKey)&\(field)=[\(items)]".utf8)
                let found = try await client.answer(form, to: path, contentType: "application/x-www-form-urlencoded")
                #expect(found == answer)
            }
        }
    }

    @Test(
        "mappings",
        arguments: [
            ("{\"user_id\":\"ann\",\"global_user_id\":\"bob\"}", "200 success"),
            ("[{\"user_id\":1,\"global_user_id\":\"b\"},{\"user_id\":\"ann\",\"unmap\":true}]", "200 success"),
            ("[]", "200 success"), ("", "400 missing_mapping"), ("{", "400 missing_event"),
            ("[1]", "400 missing_event"),
            ("{}", "400 invalid_event_field. Invalid fields [global_user_id, user_id]."),
            ("{\"user_id\":\"\",\"global_user_id\":\"bob\"}", "400 invalid_event_field. Invalid fields [user_id]."),
            ("{\"user_id\":\" \",\"unmap\":true}", "400 invalid_event_field. Invalid fields [user_id]."),
            ("{\"user_id\":\"ann\",\"unmap\":false}", "400 invalid_event_field. Invalid fields [global_user_id]."),
            ("{\"user_id\":\"ann\",\"unmap\":\"true\"}", "400 invalid_event_field. Invalid fields [global_user_id]."),
            (
                "[{\"user_id\":\"ann\",\"global_user_id\":\"bob\"},{\"user_id\":\"ann\",\"global_user_id\":\"None\"}]",
                "400 invalid_event_field. Invalid fields [global_user_id]."
            ),
            ("{\"user_id\":true,\"global_user_id\":\"bob\"}", "400 invalid_event_field. Invalid fields [user_id]."),
        ]
    )
    func mappings(json: String, answer: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let escaped = json.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let form = Array("api_key=\(TestServer.apiKey)&mapping=\(escaped)".utf8)
            let found = try await client.answer(form, to: "/usermap", contentType: "application/x-www-form-urlencoded")
            #expect(found == answer)
        }
    }
}
