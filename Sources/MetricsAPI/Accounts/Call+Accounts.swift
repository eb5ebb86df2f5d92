import Accounts
import EventModel
import HTTPEdge
import Hummingbird
import JSONTape

// What the endpoints of accounts have in common.

extension Call {
    /// The members of a body, of which only those that are named may be there.
    func account<Value>(
        body names: [String],
        example: String,
        _ read: (SentObject) throws -> Value
    ) async throws -> Value {
        try SentObject.read(try await bytes(limit: 16 << 10), example: example) { sent in
            try sent.check(names)
            return try read(sent)
        }
    }

    /// The account of whoever is signed in: the local owner has none.
    var account: Account {
        get throws(Failure) {
            guard let account = person?.account else {
                throw Failure(
                    .forbidden,
                    "account_needed",
                    "This takes an account, and you are signed in without one: make one with a link of `antinode sign-in` and"
                        + " POST /api/v1/auth/setup."
                )
            }
            return account
        }
    }

    /// The workspace's number.
    var workspace: Int64 {
        get throws(Failure) { try project.project.id }
    }

    /// The role of whoever asks, in their workspace.
    var role: Role { caller?.role ?? .viewer }

    /// Tells whoever is signed in of their session: as a token, or as a cookie for a browser, which no script can read.
    func reply(_ session: NewSession, asCookie: Bool) async throws -> Reply {
        let accounts = try accounts
        let token = try await accounts.tokens.token(of: session)
        var json = JSONWriter()
        json.raw("{\"user\":")
        json.user(session.account, try await accounts.highestRole(of: session.account))
        if !asCookie { json.member("token", token) }
        json.key("expires_at")
        json.integer(session.endsAt.seconds)
        json.raw("}")
        var reply = Reply.json(json)
        if asCookie {
            reply.headers[.setCookie] = accounts.cookie(token, until: session.endsAt, isSecure: isSecure)
        }
        reply.headers[.cacheControl] = "no-store"
        return reply
    }
}

extension AccountService {
    /// What is said of somebody where no workspace is named.
    func highestRole(of account: Account?) async throws(AccountError) -> Role {
        guard let account, !account.isPlatform else { return .platform }
        let memberships = try await run { (store, _) throws(AccountError) in try store.memberships(of: account.id) }
        return memberships.map(\.role).max() ?? .viewer
    }
}

extension SentObject {
    /// Refuses members that nobody reads, by name: what is passed over was meant to count.
    func check(_ names: [String]) throws(Failure) {
        for member in root.members {
            let name = member.key.string
            if names.contains(name) { continue }
            let nearest = nearestNames(to: name, among: names).first ?? names.first
            throw Failure(
                .malformed,
                "parameter_unknown",
                "The body has a member \"\(name.shown())\", which nobody reads\(nearest.map { "; did you mean \"\($0)\"?" } ?? ".")",
                field: name
            )
        }
    }

    /// A role; `viewer` if none is sent.
    func role() throws(Failure) -> Role {
        guard let word = try optionalText("role", characters: 1...20, example: "viewer") else { return .viewer }
        guard let role = Role(word: word), role < .platform else {
            throw .member("role", "must be viewer, editor or admin.")
        }
        return role
    }

    func email() throws(Failure) -> EmailAddress {
        let text = try requiredText("email", characters: 1...254, example: "ann@example.com")
        guard let email = EmailAddress(text) else {
            throw .member("email", "must be an e-mail address, such as \"ann@example.com\".")
        }
        return email
    }

    /// A password as it was typed: whether it may be one is for whoever takes it.
    func password(_ name: StaticString = "password") throws(Failure) -> String {
        try requiredText(name, characters: 1...1000, example: "a long password")
    }

    func token() throws(Failure) -> String {
        try requiredText("token", characters: 1...200, example: "0f8c…, what stands behind the # of a link")
    }
}

extension JSONWriter {
    mutating func user(_ account: Account?, _ role: Role) {
        raw("{\"id\":")
        string((account?.id ?? .localOwner).text)
        member("email", account?.email.text)
        member("role", role.word)
        raw("}")
    }
}

extension Reply {
    /// What is made is a 201, and what is in it is shown to nobody else.
    static func made(_ json: borrowing JSONWriter) -> Reply {
        var reply = Reply.json(json, status: .created)
        reply.headers[.cacheControl] = "no-store"
        return reply
    }
}
