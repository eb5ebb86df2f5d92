import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import AmplitudeAPI

private let range = [("start", "20240228"), ("end", "20240301")]

/// Escapes everything that a form may not have as it is.
private func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
}

/// What a program of the system makes of `input`: it shares no code with the server.
private func pipe(_ input: [UInt8], through program: String) throws -> [UInt8] {
    let folder = try TemporaryFolder().made()
    let (source, target) = (folder.url.appending(path: "in"), folder.url.appending(path: "out"))
    try Data(input).write(to: source)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "\(program) <'\(source.path)' >'\(target.path)'"]
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: target))
}

private func form(_ fields: [(String, String)]) -> String {
    fields.map { "\($0.0)=\(escaped($0.1))" }.joined(separator: "&")
}

extension TestClientProtocol {
    fileprivate func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String = "",
        contentType: String? = nil
    ) async throws -> String {
        var headers: HTTPFields = [:]
        headers[.contentType] = contentType
        return try await execute(uri: path, method: method, headers: headers, body: ByteBuffer(string: body)) {
            "\($0.status.code) \(String(buffer: $0.body))"
        }
    }

    /// People and events of a type over three days, by the user property `plan`.
    fileprivate func plans() async throws -> String {
        let e = "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"user\",\"value\":\"gp:plan\"}]}"
        return try await segmentation(range + [("e", e), ("m", "totals")]).body
    }
}

private let play = "{\"user_id\":\"ann-1\",\"event_type\":\"Play\",\"time\":1709208000000}"
private let identify = "{\"user_id\":\"ann-1\",\"user_properties\":{\"$set\":{\"plan\":\"pro\"}}}"

@Suite struct IdentifyEndpointTests {
    @Test(
        "in every form that clients use, for one person or several",
        arguments: [
            (HTTPRequest.Method.post, "application/x-www-form-urlencoded"), (.post, "multipart/form-data; boundary=b"),
            (.get, nil),
        ] as [(HTTPRequest.Method, String?)]
    )
    func forms(method: HTTPRequest.Method, contentType: String?) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for identification in [identify, "[\(identify)]"] {
                let fields = [("api_key", TestServer.apiKey), ("identification", identification)]
                let multipart =
                    fields.map { name, value in
                        "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
                    }.joined() + "--b--\r\n"
                let isMultipart = contentType?.hasPrefix("multipart") == true
                let path = method == .get ? "/identify?\(form(fields))" : "/identify"
                let body = method == .get ? "" : isMultipart ? multipart : form(fields)
                let answer = try await client.send(method, path, body, contentType: contentType)
                #expect(answer == "200 success")
            }
            try await client.post(events: "[\(play)]")
            #expect(try await client.plans().contains("\"seriesLabels\":[[0,\"pro\"]]"))
        }
    }

    @Test("what is done to a person is no activity, and touches later events only")
    func noActivity() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: "[\(play)]")
            let fields = [("api_key", TestServer.apiKey), ("identification", identify)]
            #expect(try await client.send(.post, "/identify", form(fields)) == "200 success")
            let (_, active) = try await client.segmentation(
                range + [("e", "{\"event_type\":\"_all\"}"), ("m", "totals")]
            )
            #expect(active.contains("\"series\":[[0,1,0]]"))
            try await client.post(events: "[\(play)]")
            #expect(try await client.plans().contains("\"seriesLabels\":[[0,\"(none)\"],[0,\"pro\"]]"))
        }
    }

    @Test(
        "mistakes are a word",
        arguments: [
            ([("identification", identify)], "400 invalid_api_key"),
            ([("api_key", "wrong"), ("identification", identify)], "400 invalid_api_key"),
            ([("api_key", TestServer.apiKey)], "400 missing_event"),
            ([("api_key", TestServer.apiKey), ("identification", "{")], "400 missing_event"),
            ([("api_key", TestServer.apiKey), ("identification", "[1]")], "400 missing_event"),
            (
                [("api_key", TestServer.apiKey), ("identification", "{\"user_properties\":{}}")],
                "400 invalid_event_field. Invalid fields [user_id]."
            ),
            (
                [
                    ("api_key", TestServer.apiKey),
                    ("identification", "{\"user_id\":\"ann-1\",\"user_properties\":{\"$set\":{\"a\":1},\"b\":2}}"),
                ], "400 invalid_event_field. Invalid fields [user_properties]."
            ),
        ] as [([(String, String)], String)]
    )
    func mistakes(fields: [(String, String)], answer: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let found = try await client.send(.post, "/identify", form(fields))
            #expect(found == answer)
        }
    }

    @Test("groups need no person")
    func groups() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let group = "{\"group_type\":\"org\",\"group_value\":\"Acme\",\"group_properties\":{\"$set\":{\"size\":5}}}"
            let fields = [("api_key", TestServer.apiKey), ("identification", group)]
            let answer = try await client.send(.post, "/groupidentify", form(fields))
            #expect(answer == "200 success")
            let event =
                "{\"event_type\":\"$groupidentify\",\"groups\":{\"org\":\"Acme\"},\"group_properties\":{\"$add\":{\"size\":1}}}"
            #expect(try await client.post(events: "[\(event)]").status == 200)
            #expect(try server.groupProperties(type: "org", value: "Acme") == "{\"size\":6}")
            let incomplete = [("api_key", TestServer.apiKey), ("identification", "{\"group_type\":\"org\"}")]
            #expect(
                try await client.send(.post, "/groupidentify", form(incomplete))
                    == "400 invalid_event_field. Invalid fields [group_type]."
            )
        }
    }
}

@Suite struct OtherEndpointTests {
    @Test(
        "$remote is where the request comes from, by whichever way",
        arguments: [
            ("/2/httpapi", nil, nil), ("/batch", nil, nil), ("/httpapi", "api_key", "event"),
            ("/identify", "api_key", "identification"), ("/groupidentify", "api_key", "identification"),
            ("/", "client", "e"),
        ] as [(String, String?, String?)]
    )
    func remote(path: String, key: String?, field: String?) async throws {
        let server = try TestServer()
        let event =
            "{\"device_id\":\"device-1\",\"event_type\":\"A\",\"group_type\":\"org\",\"group_value\":\"x\",\"ip\":\"$remote\"}"
        var body = "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[\(event)]}"
        if let key, let field { body = form([(key, TestServer.apiKey), (field, event)]) }
        try await server.applicationWithAddress.test(.router) { [body] client in
            let answer = try await client.send(.post, path, body)
            #expect(answer.hasPrefix("200 "))
        }
        let extras = try server.storedEvents().map { $0.extras ?? "" }
        #expect(extras.count == 1 && extras[0].hasPrefix("{\"ip\":\"\(ContextWithAddress.address)\""), "\(extras)")
    }

    @Test("the same events by any of the JSON endpoints", arguments: ["/2/httpapi", "/2/httpapi/delayed", "/batch"])
    func json(path: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let body = "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[\(play)]}"
            let answer = try await client.send(.post, path, body)
            #expect(answer.hasPrefix("200 {\"code\":200,\"events_ingested\":1,"))
        }
    }

    @Test(
        "more events than a request may have",
        arguments: [
            ("/2/httpapi", 1_999, 200), ("/2/httpapi", 2_000, 413), ("/batch", 2_000, 200), ("/batch", 2_001, 413),
        ]
    )
    func eventCount(path: String, count: Int, status: Int) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let events = Array(repeating: play, count: count).joined(separator: ",")
            let answer = try await client.send(
                .post,
                path,
                "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[\(events)]}"
            )
            #expect(answer.hasPrefix("\(status) "))
            if status == 413 { #expect(answer == "413 {\"code\":413,\"error\":\"Payload too large\"}") }
        }
    }

    @Test("the first form of all: checksum, and answers in a word")
    func legacy() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let events = "[{\"user_id\":\"ann-1\",\"event_type\":\"Play\",\"timestamp\":1709208000000,\"uuid\":\"u\"}]"
            var fields = [("v", "2"), ("client", TestServer.apiKey), ("e", events), ("upload_time", "1709294400000")]
            let answer = try await client.send(.post, "/", form(fields))
            #expect(answer == "200 success")
            fields.append(("checksum", "0123456789abcdef0123456789abcdef"))
            #expect(try await client.send(.post, "/", form(fields)) == "400 bad_checksum")
            let signed = fields.prefix(4).map(\.1).joined()
            fields[4].1 = String(decoding: try pipe(Array(signed.utf8), through: "md5sum").prefix(32), as: UTF8.self)
            #expect(try await client.send(.post, "/", form(fields)) == "200 success")
            let (_, body) = try await client.segmentation(
                range + [("e", "{\"event_type\":\"Play\"}"), ("m", "totals")]
            )
            #expect(body.contains("\"series\":[[0,1,0]]"), "sent twice with one uuid, it counts once")
            #expect(try await client.send(.post, "/", "client=wrong") == "400 invalid_api_key")
            #expect(try await client.send(.post, "/", "client=\(TestServer.apiKey)") == "400 missing_event")
        }
    }

    @Test("the deprecated form")
    func httpAPI() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let fields = [("api_key", TestServer.apiKey), ("event", play)]
            let answer = try await client.send(.post, "/httpapi", form(fields))
            #expect(answer == "200 success")
        }
    }

    @Test("pages of any origin may send", arguments: ["/2/httpapi", "/batch", "/identify"])
    func preflight(path: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            var headers: HTTPFields = [:]
            headers[.origin] = "https://shop.example"
            headers[.accessControlRequestMethod] = "POST"
            headers[.accessControlRequestHeaders] = "content-type,content-encoding"
            try await client.execute(uri: path, method: .options, headers: headers) { response in
                #expect(response.status == .noContent)
                #expect(response.headers[.accessControlAllowOrigin] == "*")
                #expect(response.headers[.accessControlAllowMethods]?.contains("POST") == true)
                #expect(response.headers[.accessControlAllowHeaders] == "content-type,content-encoding")
                #expect(response.headers[.accessControlMaxAge] == "86400")
            }
            try await client.execute(uri: path, method: .post) { response in
                #expect(response.headers[.accessControlAllowOrigin] == "*", "also on answers, errors included")
            }
        }
    }

    @Test("compressed bodies; those that would swell too much are refused while they are unpacked")
    func gzip() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            func send(_ body: [UInt8]) async throws -> String {
                try await client.execute(
                    uri: "/2/httpapi",
                    method: .post,
                    headers: [.contentEncoding: "gzip"],
                    body: ByteBuffer(bytes: body)
                ) { "\($0.status.code) \(String(buffer: $0.body))" }
            }
            let body = Array("{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[\(play)]}".utf8)
            let packed = try pipe(body, through: "gzip")
            #expect(try await send(packed).hasPrefix("200 "))
            let invalid = "400 {\"code\":400,\"error\":\"Invalid JSON request body\"}"
            #expect(try await send(Array(packed.dropLast(9))) == invalid)
            #expect(try await send(body) == invalid)
            let bomb = try pipe([UInt8](repeating: 0x20, count: 50 << 20), through: "gzip")
            #expect(bomb.count < 1 << 20)
            #expect(try await send(bomb) == "413 {\"code\":413,\"error\":\"Payload too large\"}")
        }
    }
}
