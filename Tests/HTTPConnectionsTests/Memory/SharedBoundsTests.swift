import Testing

@testable import HTTPConnections

/// Connections that get into each other's way. Documentation/http.md H21, H22.
@Suite struct SharedBoundsTests {
    private func post(_ bytes: Int) -> String {
        "POST /batch HTTP/1.1\r\nHost: a\r\nContent-Length: \(bytes)\r\n\r\n"
    }
    private func bytes(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test("who holds too much gets a 503 to come back after; others are served")
    func tooManyBytes() throws {
        let connections = TestConnection.shared(bytes: 100_000)
        let large = try TestConnection(connections)
        try large.send(post(1 << 20) + bytes(90_000))
        let other = try TestConnection(connections)
        try other.send(post(20_000) + bytes(20_000))
        other.server.answer()
        #expect(try other.received().hasPrefix("HTTP/1.1 200 OK\r\n"))
        large.run()
        let refusal = try large.received()
        #expect(refusal.hasPrefix("HTTP/1.1 499 \r\n"))
        #expect(refusal.contains("\r\nX-Why: test\r\n") && refusal.hasSuffix("too_many_bytes at /batch"))
        #expect(large.server.errors.first as? ConnectionRefusal == .tooManyBytes)
        #expect(connections.bytes.bytes == 0)
    }

    @Test("what a body swells to counts until nobody holds it any more, and sends the largest away")
    func unpacked() throws {
        let connections = TestConnection.shared(bytes: 200_000)
        let large = try TestConnection(connections)
        try large.send(post(1 << 20) + bytes(90_000))
        var unpacked: UnpackedBytes? = connections.unpack(100_000, from: "203.0.113.9")
        #expect(connections.bytes.bytes == 190_000)
        var more: UnpackedBytes? = connections.unpack(20_000, from: "203.0.113.9")
        large.run()
        #expect(try large.received().hasSuffix("too_many_bytes at /batch"))
        #expect(connections.bytes.bytes == 120_000)
        unpacked = nil
        #expect(connections.bytes.bytes == 20_000 && unpacked == nil)
        more = nil
        #expect(connections.bytes.bytes == 0 && more == nil)
    }

    @Test("what was answered, refused or left is counted no more")
    func released() throws {
        let connections = TestConnection.shared()
        let answered = try TestConnection(connections)
        let early = try TestConnection(connections)
        let left = try TestConnection(connections)
        let slow = try TestConnection(connections)
        try answered.send(post(1_000) + bytes(1_000))
        try early.send(post(1_000) + bytes(10))
        try left.send(post(1_000) + bytes(20))
        try slow.send(post(1_000) + bytes(5))
        #expect(connections.bytes.bytes == 1_035)
        answered.server.answer()
        #expect(connections.bytes.bytes == 35)
        early.server.answer()
        try early.send(bytes(500))
        #expect(connections.bytes.bytes == 25)
        left.sendEnd()
        left.wait(seconds: 3)
        slow.wait(seconds: 40)
        #expect(left.isClosed && slow.isClosed)
        #expect(connections.bytes.bytes == 0)
        #expect(connections.count == 2)
    }

    @Test("with as many connections as may be, the one that waits longest goes; those that are served stay")
    func tooManyConnections() throws {
        let connections = TestConnection.shared(connections: 3)
        let asked = try TestConnection(connections)
        try asked.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        let sending = try TestConnection(connections)
        try sending.send(post(1_000))
        let idle = try TestConnection(connections)
        let newcomer = try TestConnection(connections)
        for client in [asked, sending, idle] { client.run() }
        #expect(idle.isClosed && !asked.isClosed && !sending.isEnded && !newcomer.isClosed)
        asked.server.answer()
        #expect(try asked.received().hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(connections.count == 3)
    }
}
