import Accounts
import EventModel
import HTTPEdge
import Hummingbird

// Signing in and out. A session is a token, or with `"cookie":true` a cookie. Source: Documentation/accounts.md A3 to A5.
//
//     POST /api/v1/auth/login      {"email":…,"password":…} → {"user":{…},"token":"eyJ…","expires_at":1767225600}
//     POST /api/v1/auth/refresh    the old token dies
//     POST /api/v1/auth/logout     204

extension Endpoint {
    static let setupStatus = Endpoint(
        .get,
        at: "/api/v1/auth/setup/status",
        "Whether the server has no account yet.",
        access: .everybody
    ) { call in
        let hasAccounts = try await call.accounts.run { (store, _) throws(AccountError) in try store.hasAccounts() }
        return .json("{\"setup_required\":\(!hasAccounts)}")
    }

    static let login = Endpoint(
        .post,
        at: "/api/v1/auth/login",
        "Signs somebody in.",
        body: Body(
            "Who it is; with cookie, the session is a cookie and no token is in the answer.",
            example: ["email": "ann@example.com", "password": "a long password", "cookie": false]
        ),
        access: .everybody
    ) { call in
        let example = "{\"email\":\"ann@example.com\",\"password\":\"a long password\"}"
        let (email, password, asCookie) = try await call.account(
            body: ["email", "password", "cookie"],
            example: example
        ) { sent in (try sent.email(), try sent.password(), try sent.flag("cookie") ?? false) }
        let accounts = try call.accounts
        if asCookie { try accounts.checkBrowser(call.request) }
        let session = try await accounts.attempt(.from(call.sender), .account(email)) {
            try await accounts.signIn(email, password, from: call.sender)
        }
        return try await call.reply(session, asCookie: asCookie)
    }

    static let refresh = Endpoint(
        .post,
        at: "/api/v1/auth/refresh",
        "A new session in the place of one that is under way, which is over then.",
        access: .person
    ) { call in
        guard let person = call.person else { throw Failure.unauthorized }
        let session = try await call.accounts.run { (store, now) throws(AccountError) in
            try store.refresh(person.session.id, at: now)
        }
        return try await call.reply(session, asCookie: person.isByCookie)
    }

    static let logout = Endpoint(
        .post,
        at: "/api/v1/auth/logout",
        "Signs whoever asks out: their token opens nothing any more.",
        access: .person,
        success: 204
    ) { call in
        guard let person = call.person else { throw Failure.unauthorized }
        let author = call.author
        try await call.accounts.run { (store, now) throws(AccountError) in
            try store.signOut(person.session, by: author, at: now)
        }
        var reply = Reply.noContent
        if person.isByCookie { reply.headers[.setCookie] = try call.accounts.endingCookie(isSecure: call.isSecure) }
        return reply
    }
}

extension AccountService {
    /// Signs in whoever has a password; what is kept of it is renewed, if it is kept in an older way.
    func signIn(_ email: EmailAddress, _ password: String, from sender: String?) async throws -> NewSession {
        let (account, hash) = try await prove(email, password)
        return try await run { (store, now) throws(AccountError) in
            try store.signIn(account, with: hash, by: Author(account.id.text, from: sender), at: now)
        }
    }

    /// The account whose password it is. It takes as long where there is no such account.
    func prove(_ email: EmailAddress, _ password: String) async throws(AccountError) -> (Account, PasswordHash) {
        let known = try await store.password(of: email)
        guard try await passwords.matches(password, known?.1), let (account, hash) = known else {
            throw .wrongPassword
        }
        guard let renewed = try await passwords.renewed(password, hash) else { return (account, hash) }
        try await run { (store, _) throws(AccountError) in try store.strengthen(account.id, from: hash, to: renewed) }
        return (account, renewed)
    }
}
