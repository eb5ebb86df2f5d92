import Foundation
import Testing

extension EndToEnd {
    /// What HTTP itself asks of a server. Documentation/http.md H9, H10, H13.
    @Suite("HTTP")
    struct HTTPTests {
        @Test("a body that is held back until it is asked for")
        func expectation() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("patient")
            let server = try await ServerProcess.start(in: folder)
            let client = try await RawConnection.open(server.address)
            let body = RawRequest.event(keys)
            for path in ["/2/httpapi", "/batch"] {
                let expects = "Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n"
                try await client.send("POST \(path) HTTP/1.1\r\n\(expects)\r\n")
                #expect(try await client.answer().status == 100)
                #expect(client.text.isEmpty)
                #expect(try await client.ask(body).status == 200)
            }
            try await client.send(
                "POST /2/httpapi HTTP/1.1\r\nContent-Length: 900000000\r\nExpect: 100-continue\r\n\r\n"
            )
            let refusal = try await client.answer()
            #expect(refusal.status == 413 && refusal["connection"] == "close")
            #expect(try await client.ends(within: .seconds(10)))
            try await server.stop()
        }

        @Test("HEAD has no body, so the next answer on the connection is whole")
        func head() async throws {
            let folder = try TestFolder()
            let credentials = RawRequest.credentials(try await folder.createProject("headed"))
            let server = try await ServerProcess.start(in: folder)
            let client = try await RawConnection.open(server.address)
            for (path, headers, status) in [
                ("/health", "", 200), ("/metrics", "", 200), ("/api/2/events/list", credentials, 200),
                ("/api/2/events/list", "", 401), ("/nothing", "", 404),
            ] {
                let request = "HEAD \(path) HTTP/1.1\r\nHost: a\r\n\(headers)\r\n"
                let head = try await client.ask(request, hasBody: false)
                #expect(head.status == status && client.text.isEmpty, "\(path): \(head) \(client.text)")
                let next = try await client.ask(RawRequest.get("/health"))
                #expect(next.status == 200 && next.text.hasPrefix("{\"status\":\"ok\""))
            }
            try await server.stop()
        }

        @Test("HTTP/1.0 closes after the answer; HTTP/1.1, and 1.0 with keep-alive, go on")
        func versions() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("old")
            let server = try await ServerProcess.start(in: folder)
            let body = RawRequest.event(keys)
            let post = "POST /2/httpapi HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            for request in ["GET /health HTTP/1.0\r\n\r\n", post] {
                let old = try await RawConnection.open(server.address)
                let answer = try await old.ask(request)
                #expect(answer.status == 200 && answer["connection"] == "close")
                #expect(try await old.ends(within: .seconds(10)))
            }
            let kept = try await RawConnection.open(server.address)
            for _ in 1...2 {
                let answer = try await kept.ask("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(answer.status == 200 && answer["connection"] == "keep-alive")
            }
            let new = try await RawConnection.open(server.address)
            for _ in 1...2 { #expect(try await new.ask(RawRequest.get("/health")).status == 200) }
            #expect(!new.isEnded && !kept.isEnded)
            try await server.stop()
        }

        struct Refused: Sendable {
            var request: String
            var statuses: [Int]
            var begins: String

            init(_ request: String, _ statuses: [Int], _ begins: String) {
                (self.request, self.statuses, self.begins) = (request, statuses, begins)
            }
        }

        private static let dashboard = #"{"error":{"http_code":4"#

        @Test("what the parser refuses is answered in the words of whoever was asked")
        func refusals() async throws {
            let server = try await ServerProcess.start(in: TestFolder())
            for refused in [
                Refused("GET /api/2/usersearch?user=josé HTTP/1.1\r\n\r\n", [400], Self.dashboard),
                Refused("GET /api/2/retention?se={\"event_type\": \"_new\"} HTTP/1.1\r\n\r\n", [400], Self.dashboard),
                Refused(
                    RawRequest.get("/health", "X: \(String(repeating: "x", count: 200_000))\r\n"),
                    [431],
                    #"{"error":"headers_too_large","#
                ),
                Refused(RawRequest.get("/api/2/users", "X: a\u{0}b\r\n"), [400], Self.dashboard),
                Refused(RawRequest.get("/api/v1/ledger", "X: a\u{0}b\r\n"), [400], #"{"error":"BAD_REQUEST","#),
                Refused("GET /api/v1/ledger?from=josé HTTP/1.1\r\n\r\n", [400], #"{"error":"BAD_REQUEST","#),
                Refused(RawRequest.post("/2/httpapi", "", "Content-Length: x\r\n"), [400], #"{"code":400,"error":""#),
                Refused(
                    "POST /2/httpapi HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
                    [400],
                    #"{"code":400,"#
                ),
                Refused(
                    "POST /2/httpapi HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd",
                    [400],
                    #"{"code":400,"#
                ),
                Refused("POST /batch HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", [400], #"{"code":400,"#),
            ] {
                let client = try await RawConnection.open(server.address)
                let answer = try await client.ask(refused.request)
                #expect(refused.statuses.contains(answer.status), "\(refused.request.prefix(60)): \(answer)")
                #expect(answer.text.hasPrefix(refused.begins), "\(refused.request.prefix(60)): \(answer)")
                #expect(answer["content-type"] == "application/json" && answer["connection"] == "close")
                #expect(try await client.ends(within: .seconds(10)))
            }
            try await server.stop()
        }

        @Test("a whole chunked body is taken; one that is cut off is not, and is nobody's event")
        func chunks() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("chunked")
            let server = try await ServerProcess.start(in: folder)
            let client = try await RawConnection.open(server.address)
            let body = RawRequest.event(keys)
            let half = body.index(body.startIndex, offsetBy: 20)
            let chunks = [body[..<half], body[half...]].map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }
                .joined()
            let whole = "POST /2/httpapi HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n"
            #expect(try await client.ask(whole).status == 200)
            // All of the form's fields are there, but not all of the body.
            let event = #"api_key=\#(keys.apiKey)&event={"user_id":"u-12345","event_type":"Cut"}"#
            let form = "Content-Type: application/x-www-form-urlencoded\r\n"
            let cut = try await RawConnection.open(server.address)
            try await cut.send("POST /httpapi HTTP/1.1\r\nContent-Length: 1000\r\n\(form)\r\n\(event)")
            try await cut.sendEnd()
            let answer = try await cut.answer()
            #expect(answer.status == 400 && answer["content-type"] == "text/plain", "\(answer)")
            #expect(try await server.client(keys).ledger() == Ledger(received: 1, stored: 1))
            try await server.stop()
        }
    }
}
