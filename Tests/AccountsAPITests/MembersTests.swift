import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import Testing

@testable import Accounts

@Suite("members, invitations and keys over HTTP (Documentation/accounts.md A7 to A9, A11)")
struct MembersTests {
    /// What stands behind the `#` of a link.
    private func token(_ answer: AccountServer.Answer) throws -> String {
        let url = try #require(answer["url"], "\(answer)")
        return String(try #require(url.split(separator: "#").last))
    }

    @Test(
        "an invitation makes an account and a member, once; links begin with the public URL, whatever the request says"
    )
    func invitation() async throws {
        let server = try await AccountServer(listeningOn: "0.0.0.0", publicURL: "https://stats.example.com")
        let admin = try await server.member("admin", .admin)
        let invited = try await server.ask(
            .post,
            "/api/v1/admin/workspace/invites",
            "{\"email\":\"Ben@example.com\",\"workspace_id\":\"1\"}",
            token: admin,
            workspace: 1,
            host: "evil.example",
            headers: ["X-Forwarded-Host": "evil.example"]
        )
        #expect(invited.status == 201 && invited["role"] == "viewer", "the default is Viewer: \(invited)")
        #expect(invited["url"]?.hasPrefix("https://stats.example.com/sign-in#") == true)
        let link = try token(invited)
        let opened = try await server.ask(.post, "/api/v1/auth/link", "{\"token\":\"\(link)\"}")
        #expect(
            opened["purpose"] == "invitation" && opened["email"] == "ben@example.com" && opened["has_account"] == "0"
        )
        func accept(_ password: String = "ben's long password") async throws -> AccountServer.Answer {
            try await server.ask(
                .post,
                "/api/v1/auth/invitation",
                "{\"token\":\"\(link)\",\"password\":\"\(password)\"}"
            )
        }
        #expect(try await accept("short").status == 422)
        let joined = try await accept()
        #expect(joined.status == 200)
        let again = try await accept()
        #expect(again.status == 403 && again["error"] == "FORBIDDEN", "an invitation used twice: \(again)")
        let ben = try #require(joined["token"])
        #expect(try await server.ask(.get, "/api/v1/ledger", token: ben, workspace: 1).status == 200)
        #expect(try await server.ask(.get, "/api/v1/ledger", token: ben, workspace: 2).status == 403)
        let list = try await server.ask(.get, "/api/v1/user/workspaces", token: ben)
        #expect(
            list.body
                == "{\"workspaces\":[{\"id\":\"1\",\"name\":\"first\",\"role\":\"viewer\",\"time_zone\":\"UTC\"}]}"
        )
        await server.close()
    }

    @Test("whoever has an account shows its password to join; nobody else joins in their name")
    func known() async throws {
        let server = try await AccountServer()
        _ = try await server.account("ann", .viewer, in: 2)
        let admin = try await server.member("admin", .admin)
        let invited = try await server.ask(
            .post,
            "/api/v1/admin/workspace/invites",
            "{\"email\":\"ann@example.com\",\"role\":\"editor\"}",
            token: admin,
            workspace: 1
        )
        let link = try token(invited)
        func accept(_ password: String) async throws -> Int {
            let body = "{\"token\":\"\(link)\",\"password\":\"\(password)\"}"
            return try await server.ask(.post, "/api/v1/auth/invitation", body).status
        }
        #expect(try await accept("the inviter's guess") == 401)
        #expect(try await accept(AccountServer.password) == 200)
        let account = try #require(try server.store.account(.init("ann@example.com")!))
        #expect(try server.store.memberships(of: account.id).map(\.role) == [.editor, .viewer])
        await server.close()
    }

    @Test("the last Admin cannot leave; with another one they can")
    func lastAdmin() async throws {
        let server = try await AccountServer()
        let ann = try await server.member("ann", .admin)
        let refused = try await server.ask(.delete, "/api/v1/user/workspaces/1", token: ann)
        #expect(refused.status == 409 && refused["error"] == "CONFLICT", "\(refused)")
        let id = try #require(try server.store.account(.init("ann@example.com")!)).id.text
        for (method, body) in [(HTTPRequest.Method.put, "{\"role\":\"viewer\"}"), (.delete, "")] {
            let answer = try await server.ask(
                method,
                "/api/v1/admin/workspace/members/\(id)",
                body,
                token: ann,
                workspace: 1
            )
            #expect(answer.status == 409, "\(method): \(answer)")
        }
        _ = try await server.account("ben", .admin)
        #expect(try await server.ask(.delete, "/api/v1/user/workspaces/1", token: ann).status == 204)
        #expect(try await server.ask(.get, "/api/v1/ledger", token: ann, workspace: 1).status == 403)
        #expect(try await server.ask(.delete, "/api/v1/user/workspaces/1", token: ann).status == 404)
        await server.close()
    }

    @Test("an Admin cannot make Platform, take over Platform, or reach into other workspaces")
    func escalation() async throws {
        let server = try await AccountServer()
        let admin = try await server.member("admin", .admin)
        let boss = try await server.account("boss", .admin)
        try server.store.setPlatform(true, boss.id, by: .command, at: server.clock.now)
        let both = try await server.account("both", .viewer, in: 2)
        _ = try await server.account("both", .viewer)
        let far = try await server.account("far", .viewer, in: 2)
        let members = "/api/v1/admin/workspace/members"
        for (method, path, body, status) in [
            (.put, "\(members)/\(both.id.text)", "{\"role\":\"platform\"}", 400),
            (.post, "/api/v1/admin/workspace/invites", "{\"email\":\"a@b.c\",\"role\":\"platform\"}", 400),
            (.post, "/api/v1/admin/workspace/invites", "{\"email\":\"a@b.c\",\"workspace_id\":\"2\"}", 403),
            (.put, "\(members)/\(boss.id.text)", "{\"role\":\"viewer\"}", 403),
            (.delete, "\(members)/\(boss.id.text)", "", 403), (.post, "\(members)/\(boss.id.text)/reset", "", 403),
            (.post, "\(members)/\(both.id.text)/reset", "", 403),
            (.post, "\(members)/\(far.id.text)/reset", "", 404), (.delete, "\(members)/\(far.id.text)", "", 404),
            (.post, "/api/v1/user/workspaces", "{\"name\":\"mine\"}", 403), (.get, "/api/v1/admin/audit", "", 403),
        ] as [(HTTPRequest.Method, String, String, Int)] {
            let answer = try await server.ask(method, path, body, token: admin, workspace: 1)
            #expect(answer.status == status, "\(method) \(path): \(answer)")
        }
        await server.close()
    }

    @Test("a reset link sets a password once, and ends sessions")
    func reset() async throws {
        let server = try await AccountServer()
        let admin = try await server.member("admin", .admin)
        let ann = try await server.member("ann", .viewer)
        let id = try #require(try server.store.account(.init("ann@example.com")!)).id.text
        let made = try await server.ask(
            .post,
            "/api/v1/admin/workspace/members/\(id)/reset",
            token: admin,
            workspace: 1
        )
        #expect(made.status == 201)
        let body = "{\"token\":\"\(try token(made))\",\"password\":\"a newer password\"}"
        let reset = try await server.ask(.post, "/api/v1/auth/reset", body)
        #expect(reset.status == 200 && reset["token"] != nil)
        #expect(try await server.ask(.get, "/api/v1/user", token: ann).status == 401)
        #expect(try await server.ask(.post, "/api/v1/auth/reset", body).status == 403)
        await server.close()
    }

    @Test("a key is shown once, asks in its workspace alone, and is no person")
    func keys() async throws {
        let server = try await AccountServer()
        let editor = try await server.member("ann", .editor)
        func make(_ rest: String) async throws -> AccountServer.Answer {
            try await server.ask(
                .post,
                "/api/v1/user/apikeys",
                "{\"name\":\"CI\",\"workspace_id\":\"1\"\(rest)}",
                token: editor
            )
        }
        #expect(try await make(",\"role\":\"admin\"").status == 403)
        #expect(try await make(",\"expires_at\":\"2024-03-01T12:00:00Z\"").status == 422)
        let elsewhere = try await server.ask(
            .post,
            "/api/v1/user/apikeys",
            "{\"name\":\"CI\",\"workspace_id\":\"2\"}",
            token: editor
        )
        #expect(elsewhere.status == 403)
        let made = try await make(",\"expires_at\":\"2024-03-01T13:00:00Z\"")
        #expect(made.status == 201 && made["role"] == "viewer")
        let key = try #require(made["key"])
        let list = try await server.ask(.get, "/api/v1/user/apikeys", token: editor)
        #expect(!list.body.contains(key) && list.body.contains(String(key.suffix(4))))
        for (workspace, status) in [(nil, 200), (1, 200), (2, 403)] as [(Int64?, Int)] {
            let answer = try await server.ask(.get, "/api/v1/ledger", token: key, workspace: workspace)
            #expect(answer.status == status, "\(answer)")
        }
        #expect(try await server.ask(.get, "/api/v1/user", token: key).status == 403)
        #expect(try await server.ask(.put, "/api/v1/custom-events/a", "{}", token: key).status == 403)
        server.clock.goOn(seconds: 3_600)
        #expect(try await server.ask(.get, "/api/v1/ledger", token: key).status == 401)
        let lasting = try await make("")
        let id = try #require(lasting["id"])
        let other = try await server.member("ben", .viewer)
        #expect(try await server.ask(.delete, "/api/v1/user/apikeys/\(id)", token: other).status == 404)
        #expect(try await server.ask(.delete, "/api/v1/user/apikeys/\(id)", token: editor).status == 204)
        let gone = try await server.ask(.get, "/api/v1/ledger", token: lasting["key"])
        #expect(gone.status == 401)
        let owner = try await server.localOwner()
        #expect(try await server.ask(.get, "/api/v1/user/apikeys", token: owner).status == 403, "it has no account")
        await server.close()
    }

    @Test("Platform makes workspaces, and sees all of them")
    func workspaces() async throws {
        let server = try await AccountServer()
        let boss = try await server.member("boss", .platform)
        let made = try await server.ask(
            .post,
            "/api/v1/user/workspaces",
            "{\"name\":\"third\",\"time_zone\":\"Europe/Berlin\"}",
            token: boss
        )
        #expect(made.status == 201 && made["time_zone"] == "Europe/Berlin", "\(made)")
        let id = try #require(made["id"].flatMap { Int64($0) })
        #expect(try await server.ask(.get, "/api/v1/ledger", token: boss, workspace: id).status == 200)
        for (body, status) in [
            ("{\"name\":\"third\"}", 409), ("{\"name\":\"77\"}", 422),
            ("{\"name\":\"d\",\"time_zone\":\"Europe/Nowhere\"}", 422), ("{}", 400),
        ] {
            let answer = try await server.ask(.post, "/api/v1/user/workspaces", body, token: boss)
            #expect(answer.status == status, "\(body): \(answer)")
        }
        let list = try await server.ask(.get, "/api/v1/user/workspaces", token: boss)
        #expect(list.body.matches(of: /"role":"platform"/).count == 3)
        await server.close()
    }

    @Test("every change leaves a line with its author and address, and a refusal none")
    func audit() async throws {
        let server = try await AccountServer()
        let admin = try await server.member("admin", .admin)
        let before = try server.store.audit(of: nil, limit: 1000).count
        let keys = ["Authorization": server.basic(server.projects[0])]
        let invite = "{\"email\":\"ben@example.com\"}"
        _ = try await server.ask(.post, "/api/v1/admin/workspace/invites", invite, from: "192.0.2.7", headers: keys)
        _ = try await server.ask(.delete, "/api/v1/user/workspaces/1", token: admin)
        _ = try await server.ask(.delete, "/api/v1/admin/workspace/invites/lnk_no", token: admin, workspace: 1)
        _ = try await server.ask(.post, "/api/v1/auth/logout", token: admin, from: "192.0.2.8")
        let lines = try server.store.audit(of: nil, limit: 1000)
        #expect(lines.count == before + 2)
        #expect(lines[1].author == Author("keys", from: "192.0.2.7") && lines[1].action == .invited)
        #expect(lines[1].subject == "ben@example.com" && lines[1].workspace == 1 && lines[1].detail == "viewer")
        #expect(lines[0].action == .signedOut && lines[0].author.address == "192.0.2.8" && lines[0].workspace == nil)
        let shown = try await server.ask(.get, "/api/v1/admin/workspace/audit?limit=1", headers: keys)
        #expect(
            shown.body == """
                {"audit":[{"id":\(lines[1].number),"at":"2024-03-01T12:00:00Z","author":"keys","address":"192.0.2.7",\
                "action":"invited","workspace_id":"1","subject":"ben@example.com","detail":"viewer"}]}
                """
        )
        let rest = try await server.ask(.get, "/api/v1/admin/workspace/audit?before=\(lines[1].number)", headers: keys)
        #expect(!rest.body.contains("192.0.2.7") && rest.body.contains("role_changed"))
        await server.close()
    }
}
