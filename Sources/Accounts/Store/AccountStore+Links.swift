public import EventModel
import Foundation
import GRDB

extension AccountStore {
    /// A link to sign in with. Those that were made before and not used are over.
    public func makeSignInLink(by author: Author, at now: Timestamp) throws(AccountError) -> (Link, Secret) {
        try write { db in
            try db.execute(sql: "DELETE FROM links WHERE kind = 'sign_in'")
            let made = try Self.makeLink(.signIn, at: now, in: db)
            try Self.record(.madeLink, of: made.0.id, "sign_in", by: author, at: now, to: db)
            return made
        }
    }

    /// A link with which somebody sets a password anew. Those that were made for them before are over.
    ///
    /// - Parameters:
    ///   - workspace: in which whoever asks has `role`: an Admin lets in again who is a member of that workspace alone, and
    ///     Platform everybody.
    public func makeResetLink(
        for account: AccountID,
        in workspace: Int64?,
        as role: Role,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) -> (Link, Secret) {
        try write { db in
            guard let target = try Self.account(account, in: db) else {
                throw AccountError.memberUnknown(account.text)
            }
            if role < .platform {
                let workspaces = try Int64.fetchSet(
                    db,
                    sql: "SELECT workspace FROM members WHERE account = ?",
                    arguments: [account.text]
                )
                guard let workspace, workspaces.contains(workspace) else {
                    throw AccountError.memberUnknown(account.text)
                }
                if target.isPlatform || workspaces.count > 1 { throw AccountError.accountProtected }
            }
            try db.execute(sql: "DELETE FROM links WHERE kind = 'reset' AND account = ?", arguments: [account.text])
            let made = try Self.makeLink(.reset(account), at: now, in: db)
            try Self.record(.madeLink, of: account.text, "reset", in: workspace, by: author, at: now, to: db)
            return made
        }
    }

    /// What a link opens; it can be used afterwards.
    public func link(_ token: String, at now: Timestamp) throws(AccountError) -> Link {
        try read { db in try Self.link(token, at: now, in: db) }
    }

    /// Signs in whoever runs the server, without an account. The link is used.
    public func useSignInLink(
        _ token: String,
        from address: String?,
        at now: Timestamp
    ) throws(AccountError) -> NewSession {
        try write { db in
            guard case .signIn = try Self.use(token, at: now, in: db).purpose else { throw AccountError.linkNotValid }
            let owner = AccountID.localOwner.text
            try Self.record(.signedIn, of: owner, by: Author(owner, from: address), at: now, to: db)
            return try Self.begin(nil, since: now, at: now, in: db)
        }
    }

    /// Makes an account for whoever runs the server, and signs it in. The link is used.
    public func setUp(
        _ token: String,
        _ email: EmailAddress,
        _ password: PasswordHash,
        from address: String?,
        at now: Timestamp
    ) throws(AccountError) -> NewSession {
        try write { db in
            guard case .signIn = try Self.use(token, at: now, in: db).purpose else { throw AccountError.linkNotValid }
            let author = Author(AccountID.localOwner.text, from: address)
            let account = try Self.makeAccount(email, password, isPlatform: true, by: author, at: now, in: db)
            return try Self.begin(account, since: now, at: now, in: db)
        }
    }

    /// Sets the password of whoever the link is for, ends their sessions, and signs them in. The link is used.
    public func reset(
        _ token: String,
        _ password: PasswordHash,
        from address: String?,
        at now: Timestamp
    ) throws(AccountError) -> NewSession {
        try write { db in
            guard case .reset(let id) = try Self.use(token, at: now, in: db).purpose,
                let account = try Self.account(id, in: db)
            else { throw AccountError.linkNotValid }
            try Self.setPassword(of: id, to: password, in: db)
            try db.execute(sql: "DELETE FROM sessions WHERE account = ?", arguments: [id.text])
            let author = Author(id.text, from: address)
            try Self.record(.resetPassword, of: id.text, by: author, at: now, to: db)
            return try Self.begin(account, since: now, at: now, in: db)
        }
    }

    // MARK: Inside

    static func makeLink(_ purpose: Link.Purpose, at now: Timestamp, in db: Database) throws -> (Link, Secret) {
        try db.execute(sql: "DELETE FROM links WHERE ends_at <= ?", arguments: [now.milliseconds])
        let secret = Secret()
        let link = Link(
            id: Secret(prefix: "lnk_", bits: 96).text,
            purpose: purpose,
            madeAt: now,
            endsAt: Timestamp(milliseconds: now.milliseconds + Link.lasts(purpose))
        )
        var account: AccountID?
        var invited: (email: EmailAddress, workspace: Int64, role: Role)?
        switch purpose {
        case .signIn: break
        case .invitation(let email, let workspace, let role): invited = (email, workspace, role)
        case .reset(let id): account = id
        }
        try db.execute(
            sql: """
                INSERT INTO links (id, digest, kind, account, email, workspace, role, made_at, ends_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                link.id, secret.digest, purpose.kind, account?.text, invited?.email.text, invited?.workspace,
                invited?.role.word, now.milliseconds, link.endsAt.milliseconds,
            ]
        )
        return (link, secret)
    }

    static func link(_ token: String, at now: Timestamp, in db: Database) throws -> Link {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT * FROM links WHERE digest = ? AND ends_at > ?",
            arguments: [Secret.digest(of: token), now.milliseconds]
        )
        guard let link = row.flatMap(Link.init) else { throw AccountError.linkNotValid }
        return link
    }

    /// A link that nobody can use from now on.
    static func use(_ token: String, at now: Timestamp, in db: Database) throws -> Link {
        let link = try link(token, at: now, in: db)
        try db.execute(sql: "DELETE FROM links WHERE id = ?", arguments: [link.id])
        return link
    }
}

extension Link.Purpose {
    var kind: String {
        switch self {
        case .signIn: "sign_in"
        case .invitation: "invitation"
        case .reset: "reset"
        }
    }
}

extension Link {
    /// `nil` if it is of a kind that only another version knows.
    init?(_ row: Row) {
        let kind: String = row["kind"]
        let purpose: Purpose
        switch kind {
        case "sign_in": purpose = .signIn
        case "reset":
            guard let account = row["account"] as String? else { return nil }
            purpose = .reset(AccountID(account))
        case "invitation":
            guard let email = row["email"] as String?, let workspace = row["workspace"] as Int64?,
                let role = (row["role"] as String?).flatMap({ Role(word: $0) })
            else { return nil }
            purpose = .invitation(EmailAddress(kept: email), workspace: workspace, role)
        default: return nil
        }
        self.init(
            id: row["id"],
            purpose: purpose,
            madeAt: Timestamp(milliseconds: row["made_at"]),
            endsAt: Timestamp(milliseconds: row["ends_at"])
        )
    }
}
