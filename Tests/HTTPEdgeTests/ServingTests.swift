import Compression
import EventModel
import Hummingbird
import HummingbirdTesting
import Testing

@testable import HTTPEdge

@Suite("what no endpoint is for (Documentation/http.md H9, H10)")
struct UnknownRouteTests {
    @Test("a path that nobody knows is answered by the family whose prefix it has, else by the first")
    func unknown() async throws {
        try await withMadeUpServer { client in
            for (path, family) in [
                ("/nothing", "open"), ("/closed", "closed"), ("/closed/other", "closed"), ("/closedness", "open"),
                ("/open/things", "open"), ("/open/things/a/b", "open"),
            ] {
                let answer = try await client.ask(.get, path)
                #expect(answer.status == 404)
                #expect(answer.text == "\(family): path_unknown, There is nothing at \(path).")
            }
        }
    }

    @Test(
        "a known path with another method is a 405 that says which it takes",
        arguments: [
            (HTTPRequest.Method.post, "/open/short", "GET, HEAD", "open"),
            (.delete, "/open/both", "GET, HEAD, POST", "open"),
            (.put, "/open/things/a", "GET, HEAD", "open"), (.get, "/closed/thing", "PUT", "closed"),
            (.head, "/closed/thing", "PUT", "closed"), (.trace, "/open/short", "GET, HEAD", "open"),
            (.init("BREW")!, "/closed/thing", "PUT", "closed"), (.options, "/closed/thing", "PUT", "closed"),
        ]
    )
    func method(_ method: HTTPRequest.Method, _ path: String, _ allowed: String, _ family: String) async throws {
        try await withMadeUpServer { client in
            let answer = try await client.ask(method, path)
            #expect(answer.status == 405)
            #expect(answer.headers[.allow] == allowed)
            let sentence = "\(path) is not known with \(method.rawValue); it takes \(allowed)."
            #expect(answer.text == (method == .head ? "" : "\(family): method_unknown, \(sentence)"))
        }
    }

    @Test("a path that is named whole hides one with a part that varies")
    func wholePath() {
        let registry = EndpointRegistry([
            Family(
                "F",
                "F.",
                envelope: .madeUp("f"),
                allowsAnyOrigin: false,
                endpoints: [
                    .notBuilt(.get, at: "/things/{thing}", "One."), .notBuilt(.post, at: "/things/upload", "Many."),
                ]
            )
        ])
        #expect(registry.entries(at: "/things/upload").map(\.endpoint.summary) == ["Many."])
        #expect(registry.entries(at: "/things/other/").map(\.endpoint.summary) == ["One."])
        #expect(registry.endpoint(.post, at: "/things/upload")?.summary == "Many.")
        #expect(registry.endpoint(at: "/things") == nil)
    }
}

@Suite("HEAD (Documentation/http.md H10)")
struct HeadTests {
    @Test("is as GET, without the body", arguments: ["/open/short", "/open/long", "/nothing", "/open/keys"])
    func head(_ path: String) async throws {
        try await withMadeUpServer { client in
            let (get, head) = (try await client.ask(.get, path), try await client.ask(.head, path))
            #expect(head.status == get.status)
            #expect(head.body.readableBytes == 0 && get.body.readableBytes > 0)
            #expect(head.headers[.contentLength] == "\(get.body.readableBytes)")
            #expect(head.headers[.contentType] == get.headers[.contentType])
        }
    }
}

@Suite("pages of other origins (Documentation/http.md H11)")
struct OriginTests {
    @Test("a family either lets all of them in, refusals included, or none")
    func groups() async throws {
        try await withMadeUpServer { client in
            for path in ["/open/short", "/open/keys", "/open/surprise", "/nothing", "/open/later/1"] {
                let answer = try await client.ask(.get, path)
                #expect(answer.headers[.accessControlAllowOrigin] == "*", "\(path)")
            }
            let other = try await client.ask(.post, "/open/short")
            #expect(other.headers[.accessControlAllowOrigin] == "*")
            for (method, path) in [
                (HTTPRequest.Method.put, "/closed/thing"), (.get, "/closed/thing"), (.get, "/closed/no"),
            ] {
                let answer = try await client.ask(method, path)
                #expect(answer.headers[.accessControlAllowOrigin] == nil, "\(path)")
            }
        }
    }

    @Test("preflights are answered where they are let in, with whatever headers they want to send")
    func preflight() async throws {
        try await withMadeUpServer { client in
            for path in ["/open/short", "/nothing"] {
                let answer = try await client.ask(.options, path, [.accessControlRequestHeaders: "x-a, x-b"])
                #expect(answer.status == 204 && answer.text.isEmpty)
                #expect(answer.headers[.accessControlAllowOrigin] == "*")
                #expect(answer.headers[.accessControlAllowHeaders] == "x-a, x-b")
            }
            let unknown = try await client.ask(.options, "/closed/no")
            #expect(unknown.status == 404)
        }
    }
}

@Suite("the name of a request")
struct RequestIDTests {
    private static let name = "X-Request-Id"

    @Test(
        "is the sender's, if it may stand in a log, on every answer",
        arguments: ["/open/short", "/nothing", "/closed/thing"]
    )
    func sent(_ path: String) async throws {
        try await withMadeUpServer { client in
            for good in ["a", "0aZ._-", String(repeating: "x", count: 128)] {
                var headers = HTTPFields()
                headers[Self.name] = good
                let answer = try await client.ask(.get, path, headers)
                #expect(answer.headers[Self.name] == good)
            }
            for bad in ["", "a b", "a\"b", "é", String(repeating: "x", count: 129)] {
                var headers = HTTPFields()
                headers[Self.name] = bad
                let answer = try await client.ask(.get, path, headers)
                let own = try #require(answer.headers[Self.name])
                #expect(own != bad && own.count >= 16)
            }
        }
    }

    @Test("is new for each that has none")
    func new() async throws {
        try await withMadeUpServer { client in
            let first = try await client.ask(.get, "/open/short").headers[Self.name]
            let second = try await client.ask(.get, "/open/short").headers[Self.name]
            #expect(first != nil && second != nil && first != second)
        }
    }
}

@Suite("what nobody foresaw")
struct SurpriseTests {
    @Test("is a 500 with a code, and the log says what it was and of which request")
    func surprise() async throws {
        let log = LoggedLines()
        try await withMadeUpServer(log: log) { client in
            var headers = HTTPFields()
            headers["X-Request-Id"] = "request-7"
            let answer = try await client.ask(.get, "/open/surprise?secret=1", headers)
            #expect(answer.status == 500)
            #expect(answer.text.hasPrefix("open: internal, Something went wrong in the server."))
            #expect(!answer.text.contains("Surprise"))
            let next = try await client.ask(.get, "/open/short")
            #expect(next.status == 200, "the server goes on")
        }
        let line =
            "error: code=internal error=Surprise() hb.request.id=request-7 method=GET path=/open/surprise status=500"
        #expect(log.all.filter { $0.hasPrefix("error") } == [line])
    }

    @Test("a host that cannot tell is a 503 with when to come back, never a wrong key")
    func cannotTell() async throws {
        try await withMadeUpServer(BrokenHost()) { client in
            let answer = try await client.ask(.get, "/open/keys", [.authorization: "Basic a2V5OnNlY3JldA=="])
            #expect(answer.status == 503)
            #expect(answer.headers[.retryAfter] == "10")
            #expect(answer.text == "open: list_unreadable, The list of projects cannot be read.")
        }
    }

    @Test("of requests' own mistakes the log says nothing above debug")
    func quiet() async throws {
        let log = LoggedLines()
        try await withMadeUpServer(log: log) { client in
            let keyless = try await client.ask(.get, "/open/keys")
            #expect(keyless.status == 401)
            let later = try await client.ask(.get, "/open/later/1")
            #expect(later.status == 501)
        }
        #expect(log.all.filter { !$0.hasPrefix("debug") && $0.contains("status=") } == [])
    }
}

@Suite("who may ask")
struct AccessTests {
    @Test("nobody without keys, or with wrong ones; the answer says which are wanted")
    func keys() async throws {
        try await withMadeUpServer { client in
            for header in [nil, "Basic a2V5OnNlY3JldA==", "Basic !", "Bearer a", ""] {
                var headers = HTTPFields()
                headers[.authorization] = header
                let answer = try await client.ask(.get, "/open/keys", headers)
                #expect(answer.status == 401)
                #expect(answer.headers[.wwwAuthenticate] == "Basic realm=\"Antinode\"")
                #expect(answer.text.hasPrefix("open: keys_wrong, "))
            }
        }
    }

    @Test("roles stand in order")
    func roles() {
        #expect(Role.viewer < .editor && Role.editor < .admin && Role.admin < .platform)
    }
}

@Suite("what is documented and to come")
struct NotBuiltTests {
    @Test("is a 501 that says what it will be")
    func notBuilt() async throws {
        try await withMadeUpServer { client in
            let answer = try await client.ask(.get, "/open/later/7")
            #expect(answer.status == 501)
            #expect(answer.text == "open: not_built, /open/later/{thing} is not built yet: Something fine.")
        }
    }
}

@Suite("parameters")
struct SentParametersTests {
    @Test("parts of the path are decoded; fields are those of the query string")
    func parts() async throws {
        try await withMadeUpServer { client in
            let decoded = try await client.ask(.get, "/open/things/a%20%C3%A9%2Fb?color=red")
            #expect(decoded.text == "a é/b red")
            let odd = try await client.ask(.get, "/open/things/100%")
            #expect(odd.text == "100% none")
        }
    }

    @Test("a debug build stops at one that is not declared")
    func undeclared() async {
        await #expect(processExitsWith: .failure) {
            let names = ReadNames([Parameter("a", .text, "A.", example: "a")])
            _ = SentParameters(FormFields(urlEncoded: "a=1&b=2"), names: names)["b"]
        }
    }

    @Test("what was read is known; what is refused is not read")
    func read() throws {
        let names = ReadNames([Parameter("a", .text, "A.", example: "a"), Parameter("c", .text, "C.", example: "c")])
        let sent = SentParameters(FormFields(urlEncoded: "a=1&b=&d=2"), names: names)
        #expect(sent["a"] == "1" && sent.nonEmpty("c") == nil)
        try sent.refuse("b", "b is not known")
        #expect(throws: QueryParameterError(.unsupported, "d", "d is not known")) {
            try sent.refuse("d", "d is not known")
        }
        #expect(names.all == ["a", "c"])
    }
}

@Suite("compressed answers (Documentation/http.md H12)")
struct CompressedAnswersTests {
    @Test("over 1 KB for those who accept gzip, and nobody else", arguments: ["gzip", "gzip, deflate, br", "*"])
    func accepted(_ codings: String) async throws {
        try await withMadeUpServer { client in
            let plain = try await client.ask(.get, "/open/long")
            #expect(plain.headers[.contentEncoding] == nil && plain.headers[.vary] == "Accept-Encoding")
            let answer = try await client.ask(.get, "/open/long", [.acceptEncoding: codings])
            #expect(answer.headers[.contentEncoding] == "gzip" && answer.headers[.vary] == "Accept-Encoding")
            #expect(answer.headers[.contentLength] == "\(answer.body.readableBytes)")
            #expect(answer.body.readableBytes < plain.body.readableBytes / 4)
            let text = try Gzip.decompress(Array(buffer: answer.body), limit: 10_000)
            #expect(text == Array(buffer: plain.body))
            let short = try await client.ask(.get, "/open/short", [.acceptEncoding: codings])
            #expect(short.text == "short" && short.headers[.contentEncoding] == nil)
        }
    }

    @Test(
        "weights are heeded",
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("GZIP", true), ("x-gzip", true), ("br", false),
            ("deflate, gzip;q=1.0, *;q=0.5", true), ("gzip;q=0", false), ("gzip; q=0.000", false), ("*", true),
            ("*;q=0", false), ("gzip;q=0, *", false), ("identity, gzip", true), ("identity;q=1, gzip;q=0.5", false),
            ("identity;q=0.5, gzip;q=1", true), ("gzip;q=nonsense", false), ("br;q=1, gzip;q=0.2", true),
        ] as [(String?, Bool)]
    )
    func weights(_ header: String?, _ isAccepted: Bool) {
        #expect(AcceptedCodings(header).prefersGzip == isAccepted)
    }

    @Test("whatever bytes there are come back", arguments: [0, 1, 1025, 1 << 20])
    func roundTrip(_ count: Int) throws {
        let random = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 3) }
        #expect(try Gzip.decompress(Gzip.compress(random), limit: count) == random)
    }
}
