import NIOHTTP1
import Testing

@testable import HTTPConnections

/// Documentation/http.md H21.
@Suite struct TimeOutTests {
    private let post = "POST /2/httpapi HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"

    @Test("half a head, then silence: answered and closed within 30 seconds")
    func halfHead() throws {
        let client = try TestConnection()
        try client.send("GET /health HTTP/1.1\r\nHo")
        client.wait(seconds: 28)
        #expect(!client.isEnded)
        client.wait(seconds: 2)
        #expect(client.isEnded)
        #expect(try client.received().hasPrefix("HTTP/1.1 499 \r\n"))
        client.wait(seconds: 3)
        #expect(client.isClosed)
    }

    @Test("a byte of a head each second is no better")
    func slowHead() throws {
        let client = try TestConnection()
        for byte in "GET /health HTTP/1.1\r\nHost: some-host".utf8.prefix(31) where !client.isEnded {
            try client.send([byte])
            client.wait(seconds: 1)
        }
        #expect(try client.received().hasSuffix("headers_too_slow at /health"))
        #expect(client.server.heads.isEmpty)
    }

    @Test("no byte of a body for 30 seconds is a 408 in the words of the path, and no whole body for the route")
    func silentBody() throws {
        let client = try TestConnection()
        try client.send(post + "{")
        client.wait(seconds: 29)
        #expect(try client.received() == "")
        client.wait(seconds: 1)
        let answer = try client.received()
        #expect(answer.hasPrefix("HTTP/1.1 499 \r\n"))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nbody_too_slow at /2/httpapi"))
        #expect(client.server.errors.first as? ConnectionRefusal == .slowBody)
        // What the route then says about its broken body is nobody's answer.
        client.server.answer(.badRequest)
        #expect(try client.received() == "")
        client.wait(seconds: 2)
        #expect(client.isClosed)
    }

    @Test("a body that comes slowly, but comes, is taken")
    func slowBody() throws {
        let client = try TestConnection()
        try client.send(post)
        for _ in 0..<10 {
            client.wait(seconds: 29)
            try client.send(String(repeating: "x", count: 100))
        }
        #expect(client.server.ends == 1)
        client.server.answer()
        #expect(try client.received().hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(!client.isEnded)
    }

    @Test("a client is not told off for the server's own slowness")
    func busyServer() throws {
        let client = try TestConnection()
        client.server.readsOn = false
        try client.send(post + "{")
        client.wait(seconds: 300)
        #expect(!client.isEnded)
        let asking = try TestConnection()
        try asking.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /next")
        asking.wait(seconds: 300)
        asking.server.answer()
        #expect(try asking.received().hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test("75 seconds without a request, at the beginning or after one")
    func idle() throws {
        let silent = try TestConnection()
        let served = try TestConnection()
        served.wait(seconds: 50)
        try served.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        served.server.answer()
        _ = try served.received()
        for client in [silent, served] {
            client.wait(seconds: 74)
            #expect(!client.isClosed)
            client.wait(seconds: 1)
            #expect(client.isClosed)
            #expect(try client.received() == "")
        }
    }

    @Test("when the server is stopped, bodies have two seconds, answers six, and nobody else any")
    func stopping() throws {
        let body = try TestConnection()
        try body.send(post + "{")
        let question = try TestConnection()
        try question.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        let answered = try TestConnection()
        try answered.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        for client in [body, question, answered] { client.stop() }
        answered.server.answer()
        #expect(try answered.received().contains("\r\nConnection: close\r\n"))
        for client in [body, question, answered] { client.wait(seconds: 2) }
        #expect(answered.isClosed)
        let refusal = try body.received()
        #expect(refusal.hasPrefix("HTTP/1.1 499 \r\n"))
        #expect(refusal.contains("\r\nX-Why: test\r\n") && refusal.hasSuffix("stopping at /2/httpapi"))
        for client in [body, question] { client.wait(seconds: 2) }
        #expect(body.isClosed && !question.isClosed)
        question.wait(seconds: 2)
        #expect(question.isClosed)
    }
}
