import Accounts
import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import Testing

@Suite("every role against every route (Documentation/accounts.md A7)")
struct RoleTableTests {
    /// What opens to whoever asks, without credentials. A path that is to join them is named here.
    private static let open: Set = [
        "GET /sign-in", "GET /api/v1/auth/setup/status", "POST /api/v1/auth/login", "POST /api/v1/auth/link",
        "POST /api/v1/auth/local", "POST /api/v1/auth/setup", "POST /api/v1/auth/invitation",
        "POST /api/v1/auth/reset", "GET /openapi.json", "GET /health", "GET /healthz", "GET /readyz", "GET /metrics",
    ]

    /// Somebody who asks, and what they may: their role in the first project, and whether they are a person.
    private struct Asker {
        var name: String
        var authorization: String?
        var role: Role?
        var isPerson = false
        /// Whether they name the workspace.
        var namesWorkspace = true
    }

    private static func method(_ method: Endpoint.Method) -> HTTPRequest.Method { .init(method.rawValue)! }

    private static func examplePath(_ endpoint: Endpoint) -> String {
        endpoint.parameters.filter { $0.place == .path }.reduce(endpoint.path) { path, part in
            path.replacingOccurrences(of: "{\(part.name)}", with: part.example)
        }
    }

    @Test("an endpoint answers whom its own value lets in, and nobody else")
    func table() async throws {
        let server = try await AccountServer { endpoint in
            // Whoever is let in is told so, and nothing happens.
            var endpoint = endpoint
            endpoint.respond = { _ in Reply(status: .init(code: 418), contentType: nil, body: .bytes(ByteBuffer())) }
            return endpoint
        }
        let editor = try await server.account("editor", .editor)
        let gone = try await server.account("gone", .admin)
        let goneKey = try server.key(of: gone, .admin, own: .admin)
        try server.store.remove(gone.id, from: 1, as: .platform, by: .command, at: server.clock.now)
        func bearer(_ token: String) -> String { "Bearer \(token)" }
        let askers = [
            Asker(name: "nobody"), Asker(name: "a wrong token", authorization: "Bearer eyJ.eyJ.eyJ"),
            Asker(name: "a wrong key", authorization: "Bearer ank_0123"),
            Asker(name: "a key of who is gone", authorization: bearer(goneKey)),
            Asker(name: "the API key", authorization: bearer(server.projects[0].apiKey)),
            Asker(name: "the secret key", authorization: "Api-Key \(server.projects[0].secretKey)", role: .viewer),
            Asker(
                name: "both keys",
                authorization: server.basic(server.projects[0]),
                role: .admin,
                namesWorkspace: false
            ),
            Asker(
                name: "who has no part",
                authorization: bearer(try await server.member("other", nil)),
                isPerson: true
            ),
            Asker(
                name: "an admin elsewhere",
                authorization: bearer(try await server.member("elsewhere", .admin, in: 2)),
                isPerson: true
            ),
            Asker(
                name: "viewer",
                authorization: bearer(try await server.member("viewer", .viewer)),
                role: .viewer,
                isPerson: true
            ),
            Asker(
                name: "editor",
                authorization: bearer(try await server.member("editor2", .editor)),
                role: .editor,
                isPerson: true
            ),
            Asker(
                name: "admin",
                authorization: bearer(try await server.member("admin", .admin)),
                role: .admin,
                isPerson: true
            ),
            Asker(
                name: "platform",
                authorization: bearer(try await server.member("platform", .platform)),
                role: .platform,
                isPerson: true
            ),
            Asker(
                name: "local owner",
                authorization: bearer(try await server.localOwner()),
                role: .platform,
                isPerson: true
            ),
            Asker(
                name: "a viewer's key",
                authorization: bearer(try server.key(of: editor, .viewer, own: .editor)),
                role: .viewer,
                namesWorkspace: false
            ),
            Asker(
                name: "an editor's key",
                authorization: bearer(try server.key(of: editor, .editor, own: .editor)),
                role: .editor
            ),
        ]
        var asked = 0
        for endpoint in AccountServer.families.flatMap(\.endpoints) where endpoint.isBuilt {
            for method in endpoint.methods {
                let name = "\(method.rawValue) \(endpoint.path)"
                for asker in askers {
                    let isIn =
                        switch endpoint.access {
                        case .everybody:
                            Self.open.contains(name)
                        // The key is in the body.
                        case .keyInBody: true
                        case .person: asker.isPerson
                        case .server: asker.isPerson && asker.role == .platform
                        case .role(let role): asker.role.map { $0 >= role } ?? false
                        }
                    var headers = ["Authorization": asker.authorization].compactMapValues { $0 }
                    if asker.namesWorkspace, asker.authorization != nil { headers["X-Workspace-ID"] = "1" }
                    let answer = try await server.ask(
                        Self.method(method),
                        Self.examplePath(endpoint),
                        headers: headers
                    )
                    asked += 1
                    #expect((answer.status == 418) == isIn, "\(asker.name): \(name) gave \(answer.status)")
                    if !isIn { #expect([401, 403].contains(answer.status), "\(asker.name): \(name)") }
                    if asker.authorization == nil, !isIn { #expect(answer.status == 401, "\(name)") }
                }
            }
        }
        #expect(asked > 1_000)
        await server.close()
    }

    @Test("a writer's twin in the other family asks for no less")
    func twins() {
        for endpoint in AccountServer.families.flatMap(\.endpoints) where endpoint.isBuilt {
            guard case .role(let role) = endpoint.access, endpoint.methods != [.get], endpoint.path.hasPrefix("/api/")
            else { continue }
            let isQuestion = endpoint.question != nil || Self.asksOnly.contains(endpoint.path)
            #expect(isQuestion || role >= .editor, "\(endpoint.methods) \(endpoint.path) changes something")
        }
    }

    /// What is asked with POST, and changes nothing that others see.
    private static let asksOnly: Set = ["/api/v1/query", "/api/v1/query/users"]

    @Test("a project's keys are of that project alone; without a workspace's name a person gets nowhere")
    func workspaces() async throws {
        let server = try await AccountServer()
        let viewer = try await server.member("viewer", .viewer)
        let boss = try await server.member("boss", .platform)
        let keys = server.basic(server.projects[0])
        for (headers, status, code) in [
            (["Authorization": "Bearer \(viewer)"], 400, "MISSING_WORKSPACE"),
            (["Authorization": "Bearer \(viewer)", "X-Workspace-ID": "x"], 400, "MISSING_WORKSPACE"),
            (["Authorization": "Bearer \(viewer)", "X-Workspace-ID": "1"], 200, nil),
            (["Authorization": "bearer \(viewer)", "X-Workspace-ID": "1"], 200, nil),
            (["Authorization": viewer, "X-Workspace-ID": "1"], 200, nil),
            (["Authorization": "Bearer \(viewer)", "X-Workspace-ID": "2"], 403, "WORKSPACE_ACCESS_DENIED"),
            (["Authorization": "Bearer \(viewer)", "X-Workspace-ID": "77"], 403, "WORKSPACE_ACCESS_DENIED"),
            (["Authorization": "Bearer \(boss)", "X-Workspace-ID": "2"], 200, nil),
            (["Authorization": "Bearer \(boss)", "X-Workspace-ID": "77"], 403, "WORKSPACE_ACCESS_DENIED"),
            (["Authorization": keys], 200, nil), (["Authorization": keys, "X-Workspace-ID": "1"], 200, nil),
            (["Authorization": keys, "X-Workspace-ID": "2"], 403, "WORKSPACE_ACCESS_DENIED"),
            ([:], 401, "AUTH_REQUIRED"), (["Authorization": "Bearer a.b.c"], 401, "INVALID_TOKEN"),
            (["Authorization": "Digest a"], 401, "INVALID_TOKEN"),
            (["Authorization": "Bearer " + String(repeating: "a", count: 9_000)], 401, "AUTH_REQUIRED"),
        ] as [([String: String], Int, String?)] {
            let answer = try await server.ask(.get, "/api/v1/ledger", headers: headers)
            #expect(answer.status == status && answer["error"] == code, "\(headers.keys) \(answer)")
        }
        let query = try await server.ask(.get, "/api/v1/ledger?workspace_id=1", token: viewer)
        #expect(query.status == 200)
        let token = try await server.ask(.get, "/api/v1/ledger?workspace_id=1&token=\(viewer)")
        #expect(token.status == 401, "a token in the address ends up in logs")
        let dashboard = try await server.ask(.get, "/api/2/annotations", token: viewer, workspace: 1)
        #expect(dashboard.status == 200, "Amplitude's paths take sessions, too: \(dashboard)")
        let change = try await server.ask(
            .post,
            "/api/2/taxonomy/category",
            "category_name=a",
            token: viewer,
            workspace: 1
        )
        #expect(change.status == 403)
        await server.close()
    }
}
