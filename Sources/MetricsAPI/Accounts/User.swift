import Accounts
import EventModel
import HTTPEdge
import Hummingbird

// Whoever is signed in: who they are, and their workspaces. Source: Documentation/accounts.md A3 and A7.
//
//     GET    /api/v1/user                     {"id":"usr_…","email":…,"role":"editor"}
//     PUT    /api/v1/user/password            {"old_password":…,"password":…}; other sessions end
//     GET    /api/v1/user/workspaces          {"workspaces":[{"id":"1","name":…,"role":…,"time_zone":…}]}
//     POST   /api/v1/user/workspaces          {"name":…,"time_zone":…}: Platform
//     DELETE /api/v1/user/workspaces/{id}     leaves it

extension Endpoint {
    static let user = Endpoint(.get, at: "/api/v1/user", "Who is signed in.", access: .person) { call in
        var json = JSONWriter()
        json.user(call.person?.account, try await call.accounts.highestRole(of: call.person?.account))
        return .json(json)
    }

    static let changePassword = Endpoint(
        .put,
        at: "/api/v1/user/password",
        "Sets the password of whoever is signed in. Their other sessions end.",
        body: Body(
            "The password that it was, and the new one.",
            example: ["old_password": "a long password", "password": "another long password"]
        ),
        access: .person,
        success: 204
    ) { call in
        let (old, new) = try await call.account(
            body: ["old_password", "password"],
            example: "{\"old_password\":\"a long password\",\"password\":\"another long password\"}"
        ) { (try $0.password("old_password"), try $0.password()) }
        let (account, accounts, author) = (try call.account, try call.accounts, call.author)
        let session = call.person?.session.id
        let password = try Password(new, of: account.email)
        try await accounts.attempt(.account(account.email)) {
            _ = try await accounts.prove(account.email, old)
            let hash = try await accounts.passwords.hash(password)
            try await accounts.run { (store, now) throws(AccountError) in
                try store.changePassword(of: account.id, to: hash, keeping: session, by: author, at: now)
            }
        }
        return .noContent
    }

    static let workspaces = Endpoint(
        .get,
        at: "/api/v1/user/workspaces",
        "The workspaces of whoever is signed in: the projects in which they have a part; of Platform, all.",
        access: .person
    ) { call in
        let projects = try await call.host.projects()
        var roles: [Int64: Role] = [:]
        if let account = call.person?.account, !account.isPlatform {
            let memberships = try await call.accounts.run { (store, _) throws(AccountError) in
                try store.memberships(of: account.id)
            }
            for membership in memberships { roles[membership.workspace] = membership.role }
        } else {
            for project in projects { roles[project.id] = .platform }
        }
        var json = JSONWriter()
        json.raw("{\"workspaces\":")
        json.list(projects.filter { roles[$0.id] != nil }) { $0.workspace($1, roles[$1.id] ?? .viewer) }
        json.raw("}")
        return .json(json)
    }

    static let makeWorkspace = Endpoint(
        .post,
        at: "/api/v1/user/workspaces",
        "Makes a workspace: a project with fresh keys.",
        body: Body(
            "What it is called, and the time zone of its days.",
            example: ["name": "Web shop", "time_zone": "Europe/Berlin"]
        ),
        access: .server,
        success: 201
    ) { call in
        let (name, zone) = try await call.account(
            body: ["name", "time_zone"],
            example: "{\"name\":\"Web shop\",\"time_zone\":\"Europe/Berlin\"}"
        ) { sent in
            (
                try sent.requiredText("name", characters: 1...1000, example: "Web shop"),
                try sent.optionalText("time_zone", characters: 1...100, example: "Europe/Berlin") ?? "UTC"
            )
        }
        guard let timeZone = ProjectTimeZone(name: zone) else {
            throw Failure(
                .unprocessable,
                "time_zone_unknown",
                "time_zone must be a name of the time-zone database, such as Europe/Berlin; it is \(zone.shown()).",
                field: "time_zone"
            )
        }
        let (accounts, author) = (try call.accounts, call.author)
        let project = try await call.host.makeProject(name, timeZone)
        try await accounts.run { (store, now) throws(AccountError) in
            // Without its name: when a project is deleted, nothing of it stays.
            try store.note(.madeWorkspace, of: "\(project.id)", in: project.id, by: author, at: now)
        }
        var json = JSONWriter()
        json.workspace(project, .platform)
        return .made(json)
    }

    static let leaveWorkspace = Endpoint(
        .delete,
        at: "/api/v1/user/workspaces/{id}",
        "Leaves a workspace, with the keys that were made for it. Its last Admin cannot.",
        parameters: [Parameter("id", .integer, in: .path, "The workspace's number.", example: "1")],
        access: .person,
        success: 204
    ) { call in
        let id = call.parameters.part("id").string
        let (account, author) = (try call.account, call.author)
        guard let workspace = Int64(id) else { throw AccountError.memberUnknown(account.email.text) }
        try await call.accounts.run { (store, now) throws(AccountError) in
            try store.leave(workspace, account, by: author, at: now)
        }
        return .noContent
    }
}

extension JSONWriter {
    fileprivate mutating func workspace(_ project: Project, _ role: Role) {
        raw("{\"id\":")
        string("\(project.id)")
        member("name", project.name)
        member("role", role.word)
        member("time_zone", project.timeZone.name)
        raw("}")
    }
}
