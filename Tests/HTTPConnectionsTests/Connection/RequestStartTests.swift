import Testing

@testable import HTTPConnections

@Suite struct RequestStartTests {
    @Test("path, method and what of the first line is wrong")
    func parts() {
        var start = RequestStart()
        start.append("\r\n\r\nHEAD /api/v1/x?a=1".utf8)
        #expect(start.path == "/api/v1/x" && start.isHead && !start.isLineWhole && !start.isLineWellFormed)
        start.append(" HTTP/1.1\r\nHost: a\r\n".utf8)
        #expect(start.isLineWhole && start.isLineWellFormed)
        start.clear()
        #expect(start.isEmpty && start.path == nil)
        start.append("GET /a b HTTP/1.1\r\n".utf8)
        #expect(start.isLineWhole && !start.isLineWellFormed)
        start.clear()
        start.append([0x16, 0x03, 0x01])
        #expect(start.isTLS)
    }

    @Test("a long line is known to end, although its end is not kept")
    func long() {
        var start = RequestStart()
        start.append("GET /?\(String(repeating: "x", count: 5_000))".utf8)
        #expect(!start.isLineWhole)
        start.append(" HTTP/1.1\r\nX: \(String(repeating: "x", count: 5_000))".utf8)
        #expect(start.isLineWhole && start.isLineWellFormed && start.path == "/")
    }
}
