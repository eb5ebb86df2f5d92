import NIOHTTP1
import Testing

@testable import HTTPConnections

/// Documentation/http.md H10, H13.
@Suite struct MethodAndVersionTests {
    @Test("HEAD: the answer's head, no body, and the next answer is whole", arguments: [true, false])
    func head(hasLength: Bool) throws {
        let client = try TestConnection()
        try client.send("HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n")
        client.server.answer(length: hasLength)
        let first = try client.received()
        #expect(first.hasPrefix("HTTP/1.1 200 OK\r\n") && first.hasSuffix("\r\n\r\n"))
        #expect(first.contains("Content-Length: 5") == hasLength)
        try client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        client.server.answer()
        let second = try client.received()
        #expect(second.hasPrefix("HTTP/1.1 200 OK\r\n") && second.hasSuffix("\r\n\r\nhello"))
    }

    @Test("HTTP/1.0 closes after the answer, and says so")
    func old() throws {
        let client = try TestConnection()
        try client.send("GET /health HTTP/1.0\r\n\r\n")
        client.server.answer()
        let answer = try client.received()
        #expect(answer.contains("\r\nConnection: close\r\n") && answer.hasSuffix("\r\n\r\nhello"))
        #expect(client.isEnded)
        client.sendEnd()
        #expect(client.isClosed)
    }

    @Test("HTTP/1.0 with keep-alive goes on, and says so")
    func oldKept() throws {
        let client = try TestConnection()
        for _ in 1...2 {
            try client.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            client.server.answer()
            #expect(try client.received().contains("\r\nConnection: keep-alive\r\n"))
            #expect(!client.isEnded)
        }
    }

    @Test("HTTP/1.0 knows no chunks: an answer without a length ends with the connection")
    func oldUnknownLength() throws {
        let client = try TestConnection()
        try client.send("GET /export HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        client.server.answer(length: false)
        let answer = try client.received()
        #expect(!answer.contains("chunked") && answer.hasSuffix("\r\n\r\nhello"))
        #expect(client.isEnded)
    }

    @Test(
        "a connection that the client wants to close, or that would speak something else, ends with the answer",
        arguments: ["Connection: Close", "Connection: Upgrade\r\nUpgrade: h2c"]
    )
    func closes(header: String) throws {
        let client = try TestConnection()
        try client.send("GET /health HTTP/1.1\r\nHost: a\r\n\(header)\r\n\r\n")
        client.server.answer()
        #expect(try client.received().contains("\r\nConnection: close\r\n"))
        #expect(client.isEnded)
    }

    @Test("who waits to be told to send gets 100 when the body is wanted, and not before")
    func expectation() throws {
        let client = try TestConnection()
        try client.send("POST /2/httpapi HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.received() == "")
        try client.wantBody()
        #expect(try client.received() == "HTTP/1.1 100 Continue\r\n\r\n")
        try client.wantBody()
        #expect(try client.received() == "")
        try client.send("12345")
        client.server.answer()
        #expect(try client.received().hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(!client.isEnded)
    }

    @Test("a final answer instead of 100 closes: nobody knows whether the body still comes")
    func expectationRefused() throws {
        let client = try TestConnection()
        try client.send("POST /batch HTTP/1.1\r\nContent-Length: 900000000\r\nExpect: 100-continue\r\n\r\n")
        client.server.answer(.payloadTooLarge)
        let answer = try client.received()
        #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("\r\nConnection: close\r\n"))
        #expect(client.isEnded)
    }

    @Test(
        "100 is only for those who ask for it and wait",
        arguments: [
            "POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n1",
        ]
    )
    func noContinue(request: String) throws {
        let client = try TestConnection()
        try client.send(request)
        try client.wantBody()
        #expect(try client.received() == "")
    }

    @Test("an answer before a large body closes, before a small one the connection goes on", arguments: [100, 1 << 20])
    func early(length: Int) throws {
        let client = try TestConnection()
        try client.send("POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n12345")
        client.server.answer(.notFound)
        #expect(try client.received().hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(client.isEnded == (length > 100))
        // What still comes of it is thrown away: the client has to read the answer first.
        for _ in 0..<(length > 100 ? 20 : 0) {
            try client.send(String(repeating: "x", count: 10_000))
            client.wait(seconds: 1)
            #expect(!client.isClosed)
        }
        if length == 100 {
            try client.send(String(repeating: "x", count: 95) + "GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            client.server.answer()
            #expect(try client.received().hasSuffix("hello"))
        } else {
            client.wait(seconds: 2)
            #expect(client.isClosed)
        }
    }
}
