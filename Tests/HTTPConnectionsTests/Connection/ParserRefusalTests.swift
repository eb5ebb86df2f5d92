import Testing

@testable import HTTPConnections

/// Documentation/http.md H9, H13.
@Suite struct ParserRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var sent: String
        var code: String
        var path: String

        init(_ sent: String, _ code: String, at path: String = "nowhere") {
            (self.sent, self.code, self.path) = (sent, code, path)
        }

        var testDescription: String { String(sent.prefix(60)) }
    }

    private static let large = String(repeating: "x", count: 200_000)

    @Test(
        "what the parser refuses has a body, in the words of the family where the path was read",
        arguments: [
            Case("GET /api/2/usersearch?user=josé HTTP/1.1\r\nHost: a\r\n\r\n", "request_line_malformed"),
            Case("GET /api/2/retention?se={\"a\": 1} HTTP/1.1\r\nHost: a\r\n\r\n", "request_line_malformed"),
            Case("GET /api/v1/x?user=josé HTTP/1.1\r\n\r\n", "request_line_malformed", at: "/api/v1/x"),
            Case("GET /2/httpapi?user=josé HTTP/1.1\r\n\r\n", "request_line_malformed"),
            Case("what is this\r\n\r\n", "request_line_malformed"),
            Case("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "tls_not_spoken"),
            Case("GET /health HTTP/3.0\r\nHost: a\r\n\r\n", "http_version_unsupported"),
            Case("GET /health?x=\(large) HTTP/1.1\r\n\r\n", "address_too_long"),
            Case("GET /health HTTP/1.1\r\nX-Large: \(large)\r\n\r\n", "headers_too_large", at: "/health"),
            Case("GET /api/2/users HTTP/1.1\r\nX-Nul: a\u{0}b\r\n\r\n", "header_malformed", at: "/api/2/users"),
            Case("GET /api/2/users HTTP/1.1\r\nX Y: a\r\n\r\n", "header_malformed", at: "/api/2/users"),
            Case(
                "POST /2/httpapi HTTP/1.1\r\nContent-Length: 12x\r\n\r\n",
                "content_length_malformed",
                at: "/2/httpapi"
            ),
            Case(
                "POST /batch HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                "content_length_malformed",
                at: "/batch"
            ),
            Case(
                "POST /2/httpapi HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
                "chunk_malformed",
                at: "/2/httpapi"
            ),
            Case(
                "POST /2/httpapi HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcde\r\n",
                "chunk_malformed",
                at: "/2/httpapi"
            ),
            Case(
                "POST /2/httpapi HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "transfer_encoding_unsupported",
                at: "/2/httpapi"
            ),
        ]
    )
    func refused(_ c: Case) throws {
        let client = try TestConnection()
        // In two parts, as from a socket.
        let bytes = Array(c.sent.utf8)
        try client.send(Array(bytes.prefix(20)))
        if bytes.count > 20 { try client.send(Array(bytes.dropFirst(20))) }
        let answer = try client.received()
        #expect(answer.hasPrefix("HTTP/1.1 499 "))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n\(c.code) at \(c.path)"))
        #expect(client.isEnded)
        // More of it is thrown away, so that the client gets to read the answer.
        try client.send("more of the same")
        #expect(try client.received() == "")
        client.wait(seconds: 2)
        #expect(client.isClosed)
    }

    @Test("a client that leaves within a body is refused, and what it sent is not taken for all of it")
    func cut() throws {
        let client = try TestConnection()
        try client.send("POST /httpapi HTTP/1.1\r\nContent-Length: 100\r\n\r\napi_key=1")
        client.sendEnd()
        #expect(try client.received().hasSuffix("body_cut at /httpapi"))
        #expect(client.server.errors.first as? ConnectionRefusal == .cut)
        #expect(client.server.ends == 0)
    }

    @Test("a refusal waits until the requests before it are answered")
    func pipelined() throws {
        let client = try TestConnection()
        try client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        try client.send("GET /api/2/users HTTP/1.1\r\nX-Nul: \u{0}\r\n\r\n")
        #expect(try client.received() == "")
        client.server.answer()
        #expect(try client.received().hasSuffix("hello"))
        client.server.answer()
        let rest = try client.received()
        #expect(rest.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(rest.hasSuffix("header_malformed at /api/2/users"))
        #expect(client.isEnded)
    }

    @Test("a refusal of HEAD has no body")
    func head() throws {
        let client = try TestConnection()
        try client.send("HEAD /api/2/users HTTP/1.1\r\nX-Nul: \u{0}\r\n\r\n")
        let answer = try client.received()
        #expect(answer.hasPrefix("HTTP/1.1 499 \r\n") && answer.hasSuffix("\r\n\r\n"))
    }
}
