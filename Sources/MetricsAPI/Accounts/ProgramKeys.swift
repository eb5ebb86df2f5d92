import Accounts
import EventModel
import HTTPEdge
import Hummingbird

// Keys with which programs ask in somebody's name: `Authorization: Bearer ank_…`. Source: Documentation/accounts.md A9.
//
//     GET    /api/v1/user/apikeys                     one's own
//     POST   /api/v1/user/apikeys                     {"name":…,"workspace_id":"1","role":…,"expires_at":…}
//     DELETE /api/v1/user/apikeys/{id}
//     GET    /api/v1/admin/workspace/apikeys          all of a workspace: Admin
//     DELETE /api/v1/admin/workspace/apikeys/{id}

extension Endpoint {
    static let ownKeys = Endpoint(
        .get,
        at: "/api/v1/user/apikeys",
        "The keys of whoever is signed in, newest first.",
        access: .person
    ) { call in
        let account = try call.account
        let keys = try await call.accounts.run { (store, _) throws(AccountError) in try store.keys(of: account.id) }
        return .keys(keys)
    }

    static let makeKey = Endpoint(
        .post,
        at: "/api/v1/user/apikeys",
        "Makes a key for a program, which is shown this once. It may at most what its owner may.",
        body: Body(
            "What it is for, where, as what (viewer if left out), and until when (for good if left out).",
            example: [
                "name": "Nightly report", "workspace_id": "1", "role": "viewer", "expires_at": "2099-01-01T00:00:00Z",
            ]
        ),
        access: .person,
        success: 201
    ) { call in
        let (name, workspace, role, endsAt) = try await call.account(
            body: ["name", "workspace_id", "role", "expires_at"],
            example: "{\"name\":\"Nightly report\",\"workspace_id\":\"1\"}"
        ) { sent in
            (
                try sent.requiredText("name", characters: 1...200, example: "Nightly report"),
                try sent.requiredText("workspace_id", characters: 1...20, example: "1"), try sent.role(),
                try sent.moment("expires_at") ?? nil
            )
        }
        let (account, accounts, author) = (try call.account, try call.accounts, call.author)
        if let endsAt, endsAt <= accounts.now() {
            throw Failure(
                .unprocessable,
                "expiry_past",
                "expires_at must be to come, such as \"2099-01-01T00:00:00Z\".",
                field: "expires_at"
            )
        }
        guard let id = Int64(workspace), try await call.host.projects().contains(where: { $0.id == id }),
            let own = try await accounts.store.role(of: account, in: id)
        else { throw Failure.noPart(in: workspace) }
        let (key, secret) = try await accounts.run { (store, now) throws(AccountError) in
            try store.makeKey(
                name,
                of: account.id,
                in: id,
                role: role,
                own: own,
                endsAt: endsAt,
                by: author,
                at: now
            )
        }
        var json = JSONWriter()
        json.programKey(key, secret)
        return .made(json)
    }

    static let removeOwnKey = Endpoint(
        .delete,
        at: "/api/v1/user/apikeys/{id}",
        "Removes a key of whoever is signed in: it opens nothing any more.",
        parameters: [.keyID],
        access: .person,
        success: 204
    ) { call in
        let id = call.parameters.part("id").string
        let (account, author) = (try call.account, call.author)
        try await call.accounts.run { (store, now) throws(AccountError) in
            try store.removeKey(id, of: account.id, in: nil, by: author, at: now)
        }
        return .noContent
    }

    static let workspaceKeys = Endpoint(
        .get,
        at: "/api/v1/admin/workspace/apikeys",
        "All programs' keys of the workspace, newest first.",
        access: .admin
    ) { call in
        let workspace = try call.workspace
        let keys = try await call.accounts.run { (store, _) throws(AccountError) in try store.keys(in: workspace) }
        return .keys(keys)
    }

    static let removeWorkspaceKey = Endpoint(
        .delete,
        at: "/api/v1/admin/workspace/apikeys/{id}",
        "Removes anybody's key of the workspace.",
        parameters: [.keyID],
        access: .admin,
        success: 204
    ) { call in
        let id = call.parameters.part("id").string
        let (workspace, author) = (try call.workspace, call.author)
        try await call.accounts.run { (store, now) throws(AccountError) in
            try store.removeKey(id, of: nil, in: workspace, by: author, at: now)
        }
        return .noContent
    }
}

extension Parameter {
    fileprivate static let keyID = Parameter("id", .text, in: .path, "As the list of them gives it.", example: "key_1")
}

extension Reply {
    fileprivate static func keys(_ keys: [ProgramKey]) -> Reply {
        var json = JSONWriter()
        json.raw("{\"apikeys\":")
        json.list(keys) { $0.programKey($1, nil) }
        json.raw("}")
        return .json(json)
    }
}

extension JSONWriter {
    /// - Parameter secret: `nil` where it is not shown any more.
    fileprivate mutating func programKey(_ key: ProgramKey, _ secret: Secret?) {
        raw("{\"id\":")
        string(key.id)
        member("name", key.name)
        member("owner_id", key.account.text)
        member("workspace_id", "\(key.workspace)")
        member("role", key.role.word)
        member("hint", key.hint)
        member("created_at", key.madeAt.iso8601)
        member("expires_at", key.endsAt?.iso8601)
        if let secret { member("key", secret.text) }
        raw("}")
    }
}

extension Failure {
    static func noPart(in workspace: String) -> Failure {
        Failure(
            .forbidden,
            "workspace_denied",
            "You have no part in a workspace \(workspace.shown()); GET /api/v1/user/workspaces lists yours.",
            field: "workspace_id"
        )
    }
}
