import Compression
import HTTPConnections
import Hummingbird
import HummingbirdTesting
import Synchronization
import Testing

@testable import HTTPEdge

@Suite("bodies and their codings (Documentation/http.md H12)")
struct ContentTests {
    /// Answers with the text that it was sent, of which it takes 1,000 bytes.
    private static let families = [
        Family(
            "Open",
            "For everybody.",
            envelope: .madeUp("open"),
            allowsAnyOrigin: false,
            endpoints: [
                Endpoint(.post, at: "/echo", "Echo.", access: .everybody) { call in
                    .text(String(decoding: try await call.bytes(limit: 1_000), as: UTF8.self))
                },
                Endpoint(.post, at: "/large", "Takes what does not begin with no.", access: .everybody) { call in
                    let body = try await call.content(limit: 1 << 20) { beginning in
                        if beginning.starts(with: "no".utf8) { throw Failure(.malformed, "no", "No.") }
                    }
                    return .text("\(body.readableBytes)")
                },
            ]
        )
    ]

    private func send(
        _ body: [UInt8],
        _ coding: String?,
        to path: String = "/echo",
        _ families: [Family] = families,
        gate: BodyGate = .open
    ) async throws -> String {
        let answer = Mutex("")
        try await withMadeUpServer(NoProjects(), families, gate: gate) { client in
            var headers: HTTPFields = [:]
            headers[.contentEncoding] = coding
            let text = try await client.execute(
                uri: path,
                method: .post,
                headers: headers,
                body: ByteBuffer(bytes: body)
            ) { "\($0.status.code) \(String(buffer: $0.body))" }
            answer.withLock { $0 = text }
        }
        return answer.withLock { $0 }
    }

    private func gzip(_ text: String) -> [UInt8] { Gzip.compress(Array(text.utf8)) }

    @Test(
        "several members are one text, also empty ones, and one that is whole by itself",
        arguments: ["gzip", "x-gzip"]
    )
    func members(coding: String) async throws {
        #expect(try await send(gzip("{\"a\":1}"), coding) == "200 {\"a\":1}")
        #expect(try await send(gzip("{\"a\"") + gzip(":1}"), coding) == "200 {\"a\":1}")
        #expect(try await send(gzip("{\"a\"") + gzip("") + gzip(":1}"), coding) == "200 {\"a\":1}")
        #expect(try await send(gzip("{}") + gzip("{}"), coding) == "200 {}{}")
        #expect(try await send(gzip("") + gzip(""), coding) == "200 ")
    }

    @Test("what is behind the last member is damage, and so is a member that is cut or broken")
    func damage() async throws {
        let whole = gzip("hello, hello, hello")
        var flipped = whole
        flipped[whole.count - 7] ^= 1
        for body in [
            whole + Array("junk".utf8), whole + [0], whole + [0x1F], whole + [0x1F, 0x8B], whole + whole.dropLast(1),
            whole.dropLast(1) + [], Array(whole.prefix(5)), flipped, Array("hello".utf8), [],
        ] {
            #expect(try await send(body, "gzip").hasPrefix("400 open: body_damaged, "), "\(body)")
        }
    }

    @Test(
        "another coding, or two, is refused in a sentence that says gzip",
        arguments: ["br", "zstd", "deflate", "gzip, gzip", "gzip, br", "compress", "GZIP2"]
    )
    func unsupported(coding: String) async throws {
        let answer = try await send(Array("hello".utf8), coding)
        #expect(answer.hasPrefix("415 open: content_encoding_unsupported, Content-Encoding must be gzip"))
        #expect(answer.contains(coding.lowercased()))
    }

    @Test(
        "identity is no coding, and names are no matter of case",
        arguments: ["identity", "", " Identity ", "identity, GZip"]
    )
    func identity(coding: String) async throws {
        let body = coding.contains("GZip") ? gzip("hello") : Array("hello".utf8)
        #expect(try await send(body, coding) == "200 hello")
    }

    @Test("what swells beyond the limit is refused, whatever its end says of its size")
    func swelling() async throws {
        let large = gzip(String(repeating: "x", count: 1_001))
        let parts = gzip(String(repeating: "x", count: 999)) + gzip("xx")
        var lying = gzip(String(repeating: "x", count: 100_000))
        for place in 1...4 { lying[lying.count - place] = 0 }
        for body in [large, parts, lying] {
            #expect(try await send(body, "gzip").hasPrefix("413 "))
        }
        let most = String(repeating: "x", count: 1_000)
        #expect(try await send(gzip(most), "gzip") == "200 \(most)")
        #expect(try await send(gzip(String(most.dropLast())) + gzip("x"), "gzip") == "200 \(most)")
    }

    @Test("the beginning of a large body is enough to refuse it, packed or not")
    func beginning() async throws {
        let filling = String((0..<100_000).map { Character(UnicodeScalar(97 + UInt8($0 * $0 / 7 % 26))) })
        for (text, answer) in [("no\(filling)", "400 open: no, No."), ("yes\(filling)", "200 100003")] {
            #expect(try await send(Array(text.utf8), nil, to: "/large") == answer)
            #expect(try await send(gzip(text), "gzip", to: "/large") == answer)
        }
        // Not worth a look before it is there.
        #expect(try await send(Array("no".utf8), nil, to: "/large") == "200 2")
    }

    @Test("a small body is looked at before it is unpacked, too, as it may swell")
    func smallBeginning() async throws {
        #expect(try await send(gzip("no"), "gzip", to: "/large") == "400 open: no, No.")
        #expect(try await send(gzip("yes"), "gzip", to: "/large") == "200 3")
    }

    @Test("bodies that are too much at a time wait, and are turned away at last")
    func gate() async throws {
        let gate = BodyGate(connections(), patience: .milliseconds(50))
        #expect(await gate.enter(1_000_000))
        let body = [UInt8](repeating: 0x78, count: 100_000)
        #expect(try await send(body, nil, to: "/large", gate: gate).hasPrefix("503 open: too_many_bytes, "))
        // What is packed counts as much as it swells to.
        #expect(try await send(Gzip.compress(body), "gzip", to: "/large", gate: gate).hasPrefix("503 "))
        #expect(try await send(gzip("small"), "gzip", to: "/large", gate: gate) == "200 5")
        gate.leave(1_000_000)
        #expect(try await send(body, nil, to: "/large", gate: gate) == "200 100000")
        #expect(await gate.enter(1 << 20))
    }

    @Test("what a body swells to counts as bytes of bodies while it is worked on")
    func swollen() async throws {
        let connections = connections()
        let seen = Mutex<[Int]>([])
        let families = [
            Family(
                "Open",
                "For everybody.",
                envelope: .madeUp("open"),
                allowsAnyOrigin: false,
                endpoints: [
                    Endpoint(.post, at: "/count", "Counts.", access: .everybody) { call in
                        let body = try await call.bytes(limit: 1 << 20)
                        seen.withLock { $0 += [body.count, connections.bytes.bytes] }
                        return .text("")
                    }
                ]
            )
        ]
        let text = String(repeating: "x", count: 300_000)
        let members = gzip(text) + gzip("y")
        for (coding, body) in [
            ("gzip", gzip(text)), (nil, Array(text.utf8)), ("gzip", gzip("small")), ("gzip", members),
        ] {
            #expect(
                try await send(body, coding, to: "/count", families, gate: BodyGate(connections)).hasPrefix("200 ")
            )
            #expect(connections.bytes.bytes == 0)
        }
        // As it was sent it is counted where it comes in. Of members only the last tells its size, so they count as much as
        // may be.
        #expect(seen.withLock { $0 } == [300_000, 300_000, 300_000, 0, 5, 5, 300_001, 1 << 20])
    }

    private func connections() -> Connections {
        Connections(bytes: 2 << 20, connections: 10, logger: LoggedLines().logger) { _, _ in
            RefusalAnswer(status: 503, headers: [], body: "")
        }
    }
}
