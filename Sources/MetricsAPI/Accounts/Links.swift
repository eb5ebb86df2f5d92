import Accounts
import EventModel
import HTTPEdge
import Hummingbird

// What a link opens, once: `https://…/sign-in#TOKEN`. Source: Documentation/accounts.md A5, A6 and A8.
//
//     POST /api/v1/auth/link          {"token":…} → {"purpose":"sign_in","account_required":false}; it is not used
//     POST /api/v1/auth/local         signs in whoever runs the server, without an account
//     POST /api/v1/auth/setup         makes their account
//     POST /api/v1/auth/invitation    makes whoever was invited a member
//     POST /api/v1/auth/reset         sets a password

extension Endpoint {
    static let link = Endpoint(
        .post,
        at: "/api/v1/auth/link",
        "What a link opens. It can be used afterwards.",
        body: Body("What stands behind the # of the link.", example: ["token": "0123456789abcdef0123456789abcdef"]),
        access: .everybody
    ) { call in
        let token = try await call.account(body: ["token"], example: "{\"token\":\"0123…\"}") { try $0.token() }
        let accounts = try call.accounts
        let isLocal = accounts.place.isLocal(call.request)
        return try await accounts.attempt(.from(call.sender)) {
            try await accounts.run { (store, now) throws(AccountError) in
                var json = JSONWriter()
                switch try store.link(token, at: now).purpose {
                case .signIn:
                    json.raw("{\"purpose\":\"sign_in\",\"account_required\":")
                    json.bool(!isLocal)
                case .invitation(let email, let workspace, let role):
                    json.raw("{\"purpose\":\"invitation\"")
                    json.member("email", email.text)
                    json.member("workspace_id", "\(workspace)")
                    json.member("role", role.word)
                    json.key("has_account")
                    json.bool(try store.account(email) != nil)
                case .reset(let id):
                    json.raw("{\"purpose\":\"reset\"")
                    json.member("email", try store.account(id)?.email.text)
                }
                json.raw("}")
                return .json(json)
            }
        }
    }

    static let signInLocally = Endpoint(
        .post,
        at: "/api/v1/auth/local",
        "Signs in whoever runs the server by a link, without an account: only on a server that this machine alone reaches.",
        body: Body(
            "What stands behind the # of the link.",
            example: ["token": "0123456789abcdef0123456789abcdef", "cookie": false]
        ),
        access: .everybody
    ) { call in
        let (token, asCookie) = try await call.account(body: ["token", "cookie"], example: "{\"token\":\"0123…\"}") {
            (try $0.token(), try $0.flag("cookie") ?? false)
        }
        let accounts = try call.accounts
        if asCookie { try accounts.checkBrowser(call.request) }
        guard accounts.place.isLocal(call.request) else {
            throw Failure(
                .forbidden,
                "account_required",
                "This server may be reached from elsewhere, so the link makes an account: send it to"
                    + " POST /api/v1/auth/setup with an e-mail address and a password."
            )
        }
        let sender = call.sender
        let session = try await accounts.attempt(.from(sender)) {
            try await accounts.run { (store, now) throws(AccountError) in
                try store.useSignInLink(token, from: sender, at: now)
            }
        }
        return try await call.reply(session, asCookie: asCookie)
    }

    static let setUp = Endpoint(
        .post,
        at: "/api/v1/auth/setup",
        "Makes an account for whoever runs the server, by a link that the console or `antinode sign-in` shows. It is Platform.",
        body: Body(
            "What stands behind the # of the link, and who it is to be.",
            example: [
                "token": "0123456789abcdef0123456789abcdef", "email": "ann@example.com", "password": "a long password",
            ]
        ),
        access: .everybody
    ) { call in
        let example = "{\"token\":\"0123…\",\"email\":\"ann@example.com\",\"password\":\"a long password\"}"
        let (token, email, text, asCookie) = try await call.account(
            body: ["token", "email", "password", "cookie"],
            example: example
        ) { (try $0.token(), try $0.email(), try $0.password(), try $0.flag("cookie") ?? false) }
        let accounts = try call.accounts
        if asCookie { try accounts.checkBrowser(call.request) }
        let password = try Password(text, of: email)
        let sender = call.sender
        let session = try await accounts.attempt(.from(sender)) {
            // A link that opens nothing is not worth a hash.
            let link = try await accounts.run { (store, now) throws(AccountError) in try store.link(token, at: now) }
            guard link.purpose == .signIn else { throw AccountError.linkNotValid }
            let hash = try await accounts.passwords.hash(password)
            return try await accounts.run { (store, now) throws(AccountError) in
                try store.setUp(token, email, hash, from: sender, at: now)
            }
        }
        return try await call.reply(session, asCookie: asCookie)
    }

    static let acceptInvitation = Endpoint(
        .post,
        at: "/api/v1/auth/invitation",
        "Makes whoever was invited a member of the workspace, and signs them in.",
        body: Body(
            "What stands behind the # of the link, and a password: the account's, or of the one that is made.",
            example: ["token": "0123456789abcdef0123456789abcdef", "password": "a long password"]
        ),
        access: .everybody
    ) { call in
        try await call.signIn { accounts, token, text in
            let (link, account) = try await accounts.run { (store, now) throws(AccountError) in
                let link = try store.link(token, at: now)
                guard case .invitation(let email, _, _) = link.purpose else { throw .linkNotValid }
                return (email, try store.account(email))
            }
            let hash: PasswordHash?
            if account != nil {
                _ = try await accounts.attempt(.account(link)) { try await accounts.prove(link, text) }
                hash = nil
            } else {
                hash = try await accounts.passwords.hash(Password(text, of: link))
            }
            return try await accounts.run { (store, now) throws(AccountError) in
                try store.join(token, password: hash, from: call.sender, at: now)
            }
        }
    }

    static let resetPassword = Endpoint(
        .post,
        at: "/api/v1/auth/reset",
        "Sets the password of whoever an Admin gave a link, ends all of their sessions, and signs them in.",
        body: Body(
            "What stands behind the # of the link, and the new password.",
            example: ["token": "0123456789abcdef0123456789abcdef", "password": "a long password"]
        ),
        access: .everybody
    ) { call in
        try await call.signIn { accounts, token, text in
            let account = try await accounts.run { (store, now) throws(AccountError) in
                guard case .reset(let id) = try store.link(token, at: now).purpose, let account = try store.account(id)
                else { throw .linkNotValid }
                return account
            }
            let hash = try await accounts.passwords.hash(Password(text, of: account.email))
            return try await accounts.run { (store, now) throws(AccountError) in
                try store.reset(token, hash, from: call.sender, at: now)
            }
        }
    }
}

extension Call {
    /// Opens a session for whoever comes by a link and with a password.
    ///
    /// - Parameter open: takes what stands behind the # of the link, and the password as it was typed.
    fileprivate func signIn(
        _ open: (_ accounts: AccountService, _ token: String, _ password: String) async throws -> NewSession
    ) async throws -> Reply {
        let (token, text, asCookie) = try await account(
            body: ["token", "password", "cookie"],
            example: "{\"token\":\"0123…\",\"password\":\"a long password\"}"
        ) { (try $0.token(), try $0.password(), try $0.flag("cookie") ?? false) }
        let accounts = try accounts
        if asCookie { try accounts.checkBrowser(request) }
        let session = try await accounts.attempt(.from(sender)) { try await open(accounts, token, text) }
        return try await reply(session, asCookie: asCookie)
    }
}
