import Accounts
import EventModel
import Foundation
import HTTPConnections
import HTTPEdge
import Hummingbird
import Testing

@Suite("what attackers try (Documentation/accounts.md A4, A6, A10)")
struct AttackTests {
    private static let login =
        "{\"email\":\"ann@example.com\",\"password\":\"\(AccountServer.password)\",\"cookie\":true}"
    private static let own = ["Origin": "http://127.0.0.1:8080"]

    @Test("session fixation: signing in gives a new session, whatever cookie comes along")
    func fixation() async throws {
        let server = try await AccountServer()
        let attacker = try await server.member("mallory", .viewer)
        _ = try await server.account("ann", .viewer)
        var headers = Self.own
        headers["Cookie"] = "auth_token=\(attacker)"
        let first = try await server.ask(.post, "/api/v1/auth/login", Self.login, headers: headers)
        let second = try await server.ask(.post, "/api/v1/auth/login", Self.login, headers: headers)
        let cookies = try [#require(first.cookie), #require(second.cookie)]
        #expect(Set(cookies + ["auth_token=\(attacker)"]).count == 3)
        #expect(first["token"] == nil, "no script sees what is in the cookie")
        let user = try await server.ask(.get, "/api/v1/user", headers: ["Cookie": cookies[0]])
        #expect(user["email"] == "ann@example.com")
        let header = try #require(first.headers[.setCookie])
        #expect(header.hasSuffix("; Path=/; Max-Age=86400; HttpOnly; SameSite=Strict"), "\(header)")
        await server.close()
    }

    @Test("CSRF: with a cookie only pages of this server change something, and sign in")
    func forgery() async throws {
        let server = try await AccountServer()
        let cookie = "a=b; auth_token=\(try await server.member("ann", .admin)); c=d"
        let invitation = "{\"email\":\"mallory@example.com\",\"role\":\"admin\"}"
        func invite(_ headers: [String: String]) async throws -> Int {
            try await server.ask(
                .post,
                "/api/v1/admin/workspace/invites",
                invitation,
                workspace: 1,
                headers: headers.merging(["Cookie": cookie]) { $1 }
            ).status
        }
        for headers in [
            [:], ["Origin": "https://evil.example"], ["Origin": "null"], ["Origin": "http://127.0.0.1"],
            ["Origin": "http://127.0.0.1:8081"], ["Origin": "http://127.0.0.1:8080.evil.example"],
            ["Sec-Fetch-Site": "same-site"], ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "none"],
            ["Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"],
        ] {
            #expect(try await invite(headers) == 403, "\(headers)")
            let signIn = try await server.ask(.post, "/api/v1/auth/login", Self.login, headers: headers)
            #expect(signIn.status == 403 && signIn.headers[.setCookie] == nil, "\(headers)")
        }
        #expect(try server.store.invitations(to: 1, at: server.clock.now).isEmpty)
        #expect(try await invite(Self.own) == 201)
        #expect(try await invite(["Sec-Fetch-Site": "same-origin"]) == 201)
        // Reads need no origin: browsers send none with them, and show the answer to nobody else.
        let read = try await server.ask(
            .get,
            "/api/v1/ledger",
            workspace: 1,
            headers: ["Cookie": cookie, "Origin": "https://evil.example"]
        )
        #expect(read.status == 200 && read.headers[.accessControlAllowOrigin] == nil)
        for path in ["/api/2/annotations", "/api/2/events/list"] {
            let answer = try await server.ask(.get, path, workspace: 1, headers: ["Cookie": cookie])
            #expect(answer.status == 200 && answer.headers[.accessControlAllowOrigin] == nil, "\(path)")
        }
        await server.close()
    }

    @Test("a page elsewhere whose name leads here (DNS rebinding) gets a 421, cookie or not")
    func rebinding() async throws {
        let local = try await AccountServer()
        let shared = try await AccountServer(listeningOn: "0.0.0.0", publicURL: "https://stats.example.com/")
        let tokens = [try await local.member("ann", .viewer), try await shared.member("ann", .viewer)]
        for (server, name, isTaken) in [
            (local, "127.0.0.1:8080", true), (local, "localhost", true), (local, "[::1]:9", true),
            (local, "LOCALHOST:1", true), (local, "evil.example", false), (local, "127.0.0.1.evil.example", false),
            (local, "stats.example.com", false), (local, "[::1].evil.example", false), (local, nil, false),
            (shared, "stats.example.com", true), (shared, "localhost:8080", true),
            (shared, "stats.example.com:8080", false), (shared, "evil.example", false),
        ] as [(AccountServer, String?, Bool)] {
            let token = server === local ? tokens[0] : tokens[1]
            let cookie = "auth_token=\(token)"
            let answer = try await server.ask(.get, "/api/v1/user", host: name, headers: ["Cookie": cookie])
            #expect(answer.status == (isTaken ? 200 : 421), "\(name ?? "none"): \(answer)")
            let origin = name.map { "http://\($0)" } ?? "http://evil.example"
            let signIn = try await server.ask(
                .post,
                "/api/v1/auth/login",
                Self.login,
                host: name,
                headers: [
                    "Origin": origin == "http://stats.example.com" ? "https://stats.example.com" : origin.lowercased()
                ]
            )
            #expect(signIn.status == (isTaken ? 200 : 421), "\(name ?? "none"): \(signIn)")
            if isTaken, server === shared { #expect(signIn.headers[.setCookie]?.hasSuffix("; Secure") == true) }
            // A token is nothing that a browser sends by itself.
            #expect(try await server.ask(.get, "/api/v1/user", token: token, host: name).status == 200)
        }
        let plain = try await shared.ask(
            .post,
            "/api/v1/auth/login",
            Self.login,
            host: "stats.example.com",
            headers: ["Origin": "http://stats.example.com"]
        )
        #expect(plain.status == 403, "the page must have come as the public URL says")
        await local.close()
        await shared.close()
    }

    @Test("the sign-in link opens without an account on a server that this machine alone reaches, and nowhere else")
    func localLink() async throws {
        let proxies = TrustedProxies([AddressRange("10.0.0.0/8")!])
        let servers = [
            ("loopback", try await AccountServer(), true),
            ("IPv6's loopback", try await AccountServer(listeningOn: "::1"), true),
            ("every address", try await AccountServer(listeningOn: "0.0.0.0"), false),
            ("a name that begins alike", try await AccountServer(listeningOn: "127.0.0.1.example"), false),
            ("behind a proxy", try await AccountServer(proxies: proxies), false),
            ("with a public URL", try await AccountServer(publicURL: "http://localhost:8080"), false),
        ]
        for (name, server, isLocal) in servers {
            let token = try server.signInLink()
            let body = "{\"token\":\"\(token)\"}"
            let link = try await server.ask(.post, "/api/v1/auth/link", body)
            #expect(link["account_required"] == (isLocal ? "0" : "1"), "\(name): \(link)")
            for (host, headers) in [
                ("127.0.0.1", ["Forwarded": "for=1.2.3.4"]), ("127.0.0.1", ["X-Forwarded-For": "1.2.3.4"]),
                ("127.0.0.1", ["X-Forwarded-Host": "localhost"]), ("127.0.0.1", ["x-forwarded-proto": "https"]),
                ("127.0.0.1", ["Via": "1.1 proxy"]), ("evil.example", [:]), ("localhost.evil.example", [:]),
            ] {
                let answer = try await server.ask(.post, "/api/v1/auth/local", body, host: host, headers: headers)
                #expect(answer.status == 403, "\(name), \(host) \(headers): \(answer)")
            }
            let answer = try await server.ask(.post, "/api/v1/auth/local", body, host: "localhost:8080")
            #expect(answer.status == (isLocal ? 200 : 403), "\(name): \(answer)")
            if isLocal {
                let session = try #require(answer["token"])
                let here = try await server.ask(.get, "/api/v1/user", token: session)
                #expect(here.status == 200 && here["role"] == "platform")
                for (host, headers) in [("evil.example", [:]), ("localhost", ["X-Forwarded-For": "1.2.3.4"])] {
                    let elsewhere = try await server.ask(
                        .get,
                        "/api/v1/user",
                        token: session,
                        host: host,
                        headers: headers
                    )
                    #expect(elsewhere.status == 401, "the session stays on this machine, too")
                }
                #expect(
                    try await server.ask(.post, "/api/v1/auth/local", body, host: "localhost").status == 403,
                    "once"
                )
            }
            let setUp = try await server.ask(
                .post,
                "/api/v1/auth/setup",
                "{\"token\":\"\(token)\",\"email\":\"boss@example.com\",\"password\":\"a long password\"}",
                host: "evil.example"
            )
            #expect(setUp.status == (isLocal ? 403 : 200), "\(name): a refusal does not use it up: \(setUp)")
            await server.close()
        }
    }

    @Test("a session of the local owner ends when the server is reached from elsewhere")
    func moved() async throws {
        let server = try await AccountServer()
        let token = try await server.localOwner()
        #expect(try await server.ask(.get, "/api/v1/ledger", token: token, workspace: 2).status == 200)
        let moved = try await AccountServer(listeningOn: "0.0.0.0")
        let there = try await moved.localOwner()
        let answer = try await moved.ask(.get, "/api/v1/ledger", token: there, workspace: 2)
        #expect(answer.status == 401, "\(answer)")
        await server.close()
        await moved.close()
    }

    @Test("without link or credentials nothing is answered, on this machine either")
    func nothing() async throws {
        let server = try await AccountServer()
        let status = try await server.ask(.get, "/api/v1/auth/setup/status")
        #expect(status.body == "{\"setup_required\":true}")
        for token in ["", "0", String(repeating: "0", count: 32)] {
            for (path, rest) in [
                ("link", ""), ("local", ""), ("setup", ",\"email\":\"a@b.c\",\"password\":\"a long password\""),
                ("invitation", ",\"password\":\"a long password\""), ("reset", ",\"password\":\"a long password\""),
            ] {
                let answer = try await server.ask(.post, "/api/v1/auth/\(path)", "{\"token\":\"\(token)\"\(rest)}")
                #expect([400, 403, 429].contains(answer.status), "\(path): \(answer)")
            }
        }
        #expect(try !server.store.hasAccounts())
        await server.close()
    }

    @Test("nothing but the way in lets pages of other origins in, and never with credentials")
    func otherOrigins() async throws {
        let server = try await AccountServer()
        let page = ["Origin": "https://shop.example"]
        for family in AccountServer.families {
            for endpoint in family.endpoints {
                let isWayIn = ["Events", "Event forms"].contains(family.name)
                for method in endpoint.methods {
                    let name = HTTPRequest.Method(method.rawValue)!
                    let answer = try await server.ask(name, endpoint.path, headers: page)
                    let allowed = answer.headers[.accessControlAllowOrigin]
                    #expect(allowed == (isWayIn ? "*" : nil), "\(method) \(endpoint.path)")
                    #expect(answer.headers[.accessControlAllowCredentials] == nil)
                }
                let preflight = try await server.ask(.options, endpoint.path, headers: page)
                #expect((preflight.status == 204) == isWayIn, "\(endpoint.path)")
                #expect(preflight.headers[.accessControlAllowCredentials] == nil)
            }
        }
        await server.close()
    }
}
