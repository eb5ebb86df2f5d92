import Accounts
import EventModel
import HTTPEdge
import Hummingbird

// Who has a part in a workspace. Source: Documentation/accounts.md A7, A8 and A11.
//
//     GET    /api/v1/admin/workspace/members             {"members":[{"id":"usr_…","email":…,"role":…,"since":…}]}
//     PUT    /api/v1/admin/workspace/members/{id}        {"role":"editor"}
//     DELETE /api/v1/admin/workspace/members/{id}
//     POST   /api/v1/admin/workspace/members/{id}/reset  {"url":…,"expires_at":…}
//     GET    /api/v1/admin/workspace/invites
//     POST   /api/v1/admin/workspace/invites             {"email":…,"role":"viewer"} → {"url":…,…}
//     DELETE /api/v1/admin/workspace/invites/{id}
//     GET    /api/v1/admin/workspace/audit               and /api/v1/admin/audit, of the whole server

extension Endpoint {
    static let members = Endpoint(
        .get,
        at: "/api/v1/admin/workspace/members",
        "The members of the workspace, by address.",
        access: .admin
    ) { call in
        let workspace = try call.workspace
        let members = try await call.accounts.run { (store, _) throws(AccountError) in try store.members(of: workspace)
        }
        var json = JSONWriter()
        json.raw("{\"members\":")
        json.list(members) { $0.member($1) }
        json.raw("}")
        return .json(json)
    }

    static let changeMember = Endpoint(
        .put,
        at: "/api/v1/admin/workspace/members/{id}",
        "Gives a member another role. The last Admin keeps theirs.",
        parameters: [.memberID],
        body: Body("The role: viewer, editor or admin.", example: ["role": "editor"]),
        access: .admin
    ) { call in
        let id = AccountID(call.parameters.part("id").string)
        let wanted = try await call.account(body: ["role"], example: "{\"role\":\"editor\"}") { sent in
            _ = try sent.requiredText("role", characters: 1...20, example: "editor")
            return try sent.role()
        }
        let (workspace, role, author) = (try call.workspace, call.role, call.author)
        let member = try await call.accounts.run { (store, now) throws(AccountError) in
            try store.setRole(of: id, in: workspace, to: wanted, as: role, by: author, at: now)
        }
        var json = JSONWriter()
        json.member(member)
        return .json(json)
    }

    static let removeMember = Endpoint(
        .delete,
        at: "/api/v1/admin/workspace/members/{id}",
        "Takes a member's part in the workspace, with the keys that they made for it. Their account stays.",
        parameters: [.memberID],
        access: .admin,
        success: 204
    ) { call in
        let id = AccountID(call.parameters.part("id").string)
        let (workspace, role, author) = (try call.workspace, call.role, call.author)
        try await call.accounts.run { (store, now) throws(AccountError) in
            try store.remove(id, from: workspace, as: role, by: author, at: now)
        }
        return .noContent
    }

    static let resetMember = Endpoint(
        .post,
        at: "/api/v1/admin/workspace/members/{id}/reset",
        "A link with which a member sets their password anew. Give it to them; it works once, for a day.",
        parameters: [.memberID],
        access: .admin,
        success: 201
    ) { call in
        let id = AccountID(call.parameters.part("id").string)
        let (workspace, role, author) = (try call.workspace, call.role, call.author)
        let (link, secret) = try await call.accounts.run { (store, now) throws(AccountError) in
            try store.makeResetLink(for: id, in: workspace, as: role, by: author, at: now)
        }
        var json = JSONWriter()
        json.raw("{\"url\":")
        json.string(try await call.accounts.address(secret))
        json.member("expires_at", link.endsAt.iso8601)
        json.raw("}")
        return .made(json)
    }

    // MARK: Invitations

    static let invitations = Endpoint(
        .get,
        at: "/api/v1/admin/workspace/invites",
        "The invitations that nobody has used yet, newest first.",
        access: .admin
    ) { call in
        let workspace = try call.workspace
        let links = try await call.accounts.run { (store, now) throws(AccountError) in
            try store.invitations(to: workspace, at: now)
        }
        var json = JSONWriter()
        json.raw("{\"invites\":")
        json.list(links) { $0.invitation($1, url: nil) }
        json.raw("}")
        return .json(json)
    }

    static let invite = Endpoint(
        .post,
        at: "/api/v1/admin/workspace/invites",
        "Invites somebody into the workspace, by a link that is shown this once. Give it to them; it works once, for a week.",
        body: Body(
            "Whom, and as what: viewer if left out.",
            example: ["email": "ben@example.com", "workspace_id": "1", "role": "viewer"]
        ),
        access: .admin,
        success: 201
    ) { call in
        let (email, wanted, named) = try await call.account(
            body: ["email", "role", "workspace_id"],
            example: "{\"email\":\"ben@example.com\",\"role\":\"viewer\"}"
        ) { sent in
            (
                try sent.email(), try sent.role(),
                try sent.optionalText("workspace_id", characters: 1...20, example: "1")
            )
        }
        let (workspace, role, author) = (try call.workspace, call.role, call.author)
        if let named, named != "\(workspace)" { throw Failure.noPart(in: named) }
        let (link, secret) = try await call.accounts.run { (store, now) throws(AccountError) in
            try store.invite(email, to: workspace, as: wanted, giver: role, by: author, at: now)
        }
        var json = JSONWriter()
        json.invitation(link, url: try await call.accounts.address(secret))
        return .made(json)
    }

    static let withdrawInvitation = Endpoint(
        .delete,
        at: "/api/v1/admin/workspace/invites/{id}",
        "Withdraws an invitation: its link opens nothing any more.",
        parameters: [Parameter("id", .text, in: .path, "As the list of them gives it.", example: "lnk_1")],
        access: .admin,
        success: 204
    ) { call in
        let id = call.parameters.part("id").string
        let (workspace, author) = (try call.workspace, call.author)
        try await call.accounts.run { (store, now) throws(AccountError) in
            try store.withdrawInvitation(id, to: workspace, by: author, at: now)
        }
        return .noContent
    }
}

extension Parameter {
    fileprivate static let memberID = Parameter(
        "id",
        .text,
        in: .path,
        "The member's, as the list of them gives it.",
        example: "usr_1"
    )
}

extension JSONWriter {
    fileprivate mutating func member(_ member: Member) {
        raw("{\"id\":")
        string(member.account.id.text)
        self.member("email", member.account.email.text)
        self.member("role", (member.account.isPlatform ? .platform : member.role).word)
        self.member("since", member.since.iso8601)
        raw("}")
    }

    /// - Parameter url: `nil` where it is not shown any more.
    fileprivate mutating func invitation(_ link: Link, url: String?) {
        guard case .invitation(let email, let workspace, let role) = link.purpose else { return raw("null") }
        raw("{\"id\":")
        string(link.id)
        member("email", email.text)
        member("workspace_id", "\(workspace)")
        member("role", role.word)
        if let url { member("url", url) }
        member("created_at", link.madeAt.iso8601)
        member("expires_at", link.endsAt.iso8601)
        raw("}")
    }
}
