import Testing

@testable import HTTPConnections

/// Documentation/http.md H23.
@Suite struct TrustedProxiesTests {
    struct Case: Sendable {
        var peer: String
        var headers: [(String, String)]
        var sender: String
        var why: String

        init(_ headers: [(String, String)], from peer: String = "127.0.0.1", _ sender: String, _ why: String) {
            (self.peer, self.headers, self.sender, self.why) = (peer, headers, sender, why)
        }
    }

    private static let ranges = ["127.0.0.0/8", "10.1.0.0/16", "2001:db8:1::/48"].compactMap { AddressRange($0) }
    private static let proxies = TrustedProxies(ranges)
    private static let plain = "X-Forwarded-For"

    @Test(
        "the last address that is no trusted proxy",
        arguments: [
            Case([], "127.0.0.1", "the proxy itself, if it says nothing"),
            Case([(plain, "203.0.113.9")], "203.0.113.9", "one proxy"),
            Case([(plain, "203.0.113.9")], from: "198.51.100.1", "198.51.100.1", "no trusted peer"),
            Case([(plain, "6.6.6.6, 203.0.113.9")], "203.0.113.9", "what stands before it may be made up"),
            Case([(plain, "6.6.6.6,203.0.113.9 , 10.1.2.3")], "203.0.113.9", "a chain of trusted proxies"),
            Case([(plain, "6.6.6.6"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9", "two headers are one list"),
            Case([(plain, "10.1.0.1, 10.1.0.2")], "10.1.0.1", "the first, if all are trusted"),
            Case([(plain, "203.0.113.9, unknown")], "127.0.0.1", "what a proxy does not know"),
            Case([(plain, "203.0.113.9:4711")], "203.0.113.9", "a port"),
            Case([(plain, "[2001:db8::7]:4711")], "2001:db8::7", "IPv6 with a port"),
            Case([(plain, "2001:DB8:0::7")], "2001:db8::7", "IPv6 in another form"),
            Case([(plain, "203.0.113.9")], from: "::ffff:127.0.0.1", "203.0.113.9", "IPv4 at a socket for both"),
            Case([(plain, "203.0.113.9, 2001:db8:1:2::3")], from: "2001:db8:1::9", "203.0.113.9", "IPv6 proxies"),
            Case([("Forwarded", "for=203.0.113.9;proto=https")], "203.0.113.9", "RFC 7239"),
            Case(
                [("Forwarded", #"for=6.6.6.6, For="[2001:db8::7]:4711";by="a,b;c" , for=10.1.2.3"#)],
                "2001:db8::7",
                "RFC 7239 with quotes"
            ),
            Case([("Forwarded", "for=203.0.113.9, for=_hidden")], "127.0.0.1", "a made-up name"),
            Case(
                [("Forwarded", "for=6.6.6.6"), (plain, "203.0.113.9")],
                "203.0.113.9",
                "a proxy that adds one passes on the other, from whomever"
            ),
            Case([(plain, "")], "127.0.0.1", "empty"),
            Case([(plain, #""6.6.6.6, 203.0.113.9"#)], "203.0.113.9", "a quote hides nothing"),
            Case([("Forwarded", #"for="6.6.6.6, for=203.0.113.9"#)], "203.0.113.9", "nor one that does not end"),
            Case(
                [("Forwarded", #"for="6.6.6.6\, for="[2001:db8::7]:4711""#)],
                "2001:db8::7",
                "nor one whose end is another's begin"
            ),
        ]
    )
    func sender(_ c: Case) {
        #expect(Self.proxies.sender(c.headers, peer: c.peer) == c.sender, "\(c.why)")
    }

    @Test("nobody is believed unless that is asked for")
    func none() {
        let headers = [(Self.plain, "203.0.113.9"), ("X-Forwarded-Proto", "https")]
        #expect(TrustedProxies.none.sender(headers, peer: "127.0.0.1") == "127.0.0.1")
        #expect(!TrustedProxies.none.isSecure(headers, peer: "127.0.0.1"))
        #expect(TrustedProxies.none.sender(headers, peer: nil) == nil)
    }

    @Test("https, by either header, from trusted peers alone")
    func secure() {
        #expect(Self.proxies.isSecure([("X-Forwarded-Proto", "https")], peer: "127.0.0.1"))
        #expect(Self.proxies.isSecure([("Forwarded", "for=1.2.3.4;proto=\"https\"")], peer: "127.0.0.1"))
        #expect(!Self.proxies.isSecure([("X-Forwarded-Proto", "http")], peer: "127.0.0.1"))
        #expect(!Self.proxies.isSecure([], peer: "127.0.0.1"))
        #expect(!Self.proxies.isSecure([("X-Forwarded-Proto", "https")], peer: "198.51.100.1"))
    }

    @Test(
        "ranges",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.0/9", "10.128.0.0", false),
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("::1", "::1", true), ("fd00::/8", "fdab::1", true), ("fd00::/8", "fe80::1", false),
            ("::/0", "1.2.3.4", false),
        ]
    )
    func ranges(range: String, address: String, isWithin: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(try #require(IPAddress(address))) == isWithin)
    }

    @Test("what is no range", arguments: ["", "10.0.0.0/33", "10.0.0/8", "::/129", "a/8", "10.0.0.0/", "10.0.0.0/-1"])
    func noRange(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
