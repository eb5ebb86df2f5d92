import Accounts
import EventModel
import Foundation
import HTTPConnections
import HTTPEdge
import Hummingbird
import Testing

@Suite("signing in and out (Documentation/accounts.md A3, A4)")
struct SignInTests {
    private func login(_ name: String, _ password: String = AccountServer.password, cookie: Bool = false) -> String {
        "{\"email\":\"\(name)@example.com\",\"password\":\"\(password)\",\"cookie\":\(cookie)}"
    }

    @Test("a token opens what its account may, until it signs out")
    func token() async throws {
        let server = try await AccountServer()
        _ = try await server.account("ann", .viewer)
        let signedIn = try await server.ask(.post, "/api/v1/auth/login", login("ann"))
        #expect(signedIn.status == 200 && signedIn.headers[.setCookie] == nil, "\(signedIn)")
        #expect(signedIn.headers[.cacheControl] == "no-store")
        #expect(signedIn["expires_at"] == "\(1_709_294_400 + 86_400)")
        let token = try #require(signedIn["token"])
        let user = try await server.ask(.get, "/api/v1/user", token: token)
        #expect(user["email"] == "ann@example.com" && user["role"] == "viewer", "\(user)")
        let signedOut = try await server.ask(.post, "/api/v1/auth/logout", token: token)
        #expect(signedOut.status == 204)
        for (method, path) in [
            (HTTPRequest.Method.get, "/api/v1/ledger"), (.get, "/api/v1/user"), (.post, "/api/v1/auth/refresh"),
        ] {
            let answer = try await server.ask(method, path, token: token, workspace: 1)
            #expect(answer.status == 401 && answer["error"] == "INVALID_TOKEN", "a token after sign-out: \(answer)")
            #expect(answer.headers[.wwwAuthenticate] == "Bearer realm=\"Antinode\"")
        }
        await server.close()
    }

    @Test("refreshing gives another token, and the old one is over")
    func refresh() async throws {
        let server = try await AccountServer()
        let old = try await server.member("ann", .viewer)
        let answer = try await server.ask(.post, "/api/v1/auth/refresh", token: old)
        let new = try #require(answer["token"])
        #expect(try await server.ask(.get, "/api/v1/user", token: new).status == 200)
        #expect(try await server.ask(.get, "/api/v1/user", token: old).status == 401)
        #expect(try await server.ask(.post, "/api/v1/auth/refresh", token: old).status == 401)
        server.clock.goOn(seconds: 86_400)
        let late = try await server.ask(.get, "/api/v1/user", token: new)
        #expect(late.status == 401 && late["error"] == "TOKEN_EXPIRED", "\(late)")
        await server.close()
    }

    @Test("a wrong password and an account that is not there are told alike")
    func wrong() async throws {
        let server = try await AccountServer()
        _ = try await server.account("ann", .viewer)
        let wrong = try await server.ask(.post, "/api/v1/auth/login", login("ann", "another password"))
        let unknown = try await server.ask(.post, "/api/v1/auth/login", login("nobody"))
        #expect(wrong.status == 401 && unknown.status == 401 && wrong.body == unknown.body, "\(wrong) \(unknown)")
        for body in ["", "[]", "{}", "{\"email\":\"ann@example.com\"}", "{\"email\":7,\"password\":\"a\"}"] {
            let answer = try await server.ask(.post, "/api/v1/auth/login", body)
            #expect(answer.status == 400, "\(body): \(answer)")
        }
        let misspelt = try await server.ask(.post, "/api/v1/auth/login", "{\"emial\":\"a\",\"password\":\"b\"}")
        #expect(misspelt["message"]?.contains("did you mean \"email\"") == true, "\(misspelt)")
        await server.close()
    }

    @Test("each address has ten attempts a minute, and each account; those that succeed do not count")
    func attempts() async throws {
        let server = try await AccountServer(proxies: TrustedProxies([AddressRange("10.0.0.0/8")!]))
        _ = try await server.account("ann", .viewer)
        _ = try await server.account("ben", .viewer)
        func attempt(
            _ name: String,
            from peer: String,
            _ password: String = "wrong password",
            by: String? = nil
        ) async throws -> Int {
            let headers = by.map { ["X-Forwarded-For": $0] } ?? [:]
            let answer = try await server.ask(
                .post,
                "/api/v1/auth/login",
                login(name, password),
                from: peer,
                headers: headers
            )
            if answer.status == 429 { #expect(answer.headers[.retryAfter] == "7", "\(answer)") }
            return answer.status
        }
        for _ in 0..<30 { #expect(try await attempt("ben", from: "192.0.2.1", AccountServer.password) == 200) }
        for number in 0..<10 { #expect(try await attempt("x\(number)", from: "192.0.2.1") == 401) }
        #expect(try await attempt("ben", from: "192.0.2.1", AccountServer.password) == 429, "the address has none left")
        #expect(try await attempt("ben", from: "192.0.2.2", AccountServer.password) == 200)
        for number in 0..<10 { #expect(try await attempt("ann", from: "198.51.100.\(number)") == 401) }
        #expect(try await attempt("ann", from: "198.51.100.77") == 429, "the account has none left")
        // What a proxy says is believed, of those that are trusted.
        for number in 0..<11 {
            #expect(try await attempt("y\(number)", from: "10.0.0.1", by: "203.0.113.\(number)") == 401)
        }
        let made = (0..<11).map { "203.0.113.\($0)" }
        var last = 0
        for name in made { last = try await attempt("z\(name)", from: "192.0.2.3", by: name) }
        #expect(last == 429, "nobody else's word counts")
        // One network of IPv6 is one sender.
        for number in 0..<11 { last = try await attempt("v\(number)", from: "2001:db8::\(number)") }
        #expect(last == 429)
        server.clock.goOn(seconds: 60)
        #expect(try await attempt("ann", from: "192.0.2.1", AccountServer.password) == 200)
        await server.close()
    }

    @Test("where too many passwords wait, whoever comes is told when to come back, and has lost no attempt")
    func busy() async throws {
        let server = try await AccountServer(mostPasswords: 0)
        for _ in 0..<20 {
            let answer = try await server.ask(.post, "/api/v1/auth/login", login("ann"))
            #expect(answer.status == 503 && answer.headers[.retryAfter] == "2", "\(answer)")
        }
        await server.close()
    }

    @Test("changing the password takes the old one, and ends other sessions")
    func password() async throws {
        let server = try await AccountServer()
        let mine = try await server.member("ann", .viewer)
        let account = try #require(try server.store.account(.init("ann@example.com")!))
        let elsewhere = try await server.service.tokens.token(
            of: server.store.signIn(account, by: .command, at: server.clock.now)
        )
        func change(_ old: String, _ new: String) async throws -> Int {
            try await server.ask(
                .put,
                "/api/v1/user/password",
                "{\"old_password\":\"\(old)\",\"password\":\"\(new)\"}",
                token: mine
            ).status
        }
        #expect(try await change("not my password", "a newer password") == 401)
        #expect(try await change(AccountServer.password, "short") == 422)
        #expect(try await change(AccountServer.password, "a newer password") == 204)
        #expect(try await server.ask(.get, "/api/v1/user", token: mine).status == 200)
        #expect(try await server.ask(.get, "/api/v1/user", token: elsewhere).status == 401)
        #expect(try await server.ask(.post, "/api/v1/auth/login", login("ann")).status == 401)
        #expect(try await server.ask(.post, "/api/v1/auth/login", login("ann", "a newer password")).status == 200)
        await server.close()
    }
}
