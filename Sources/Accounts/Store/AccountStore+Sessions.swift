public import EventModel
import Foundation
import GRDB

extension AccountStore {
    /// Signs somebody in whose password was right.
    ///
    /// - Parameter hash: of that password: if it was changed meanwhile, it is wrong.
    public func signIn(
        _ account: Account,
        with hash: PasswordHash? = nil,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) -> NewSession {
        try write { db in
            let kept = try String.fetchOne(
                db,
                sql: "SELECT password FROM accounts WHERE id = ?",
                arguments: [account.id.text]
            )
            guard let kept, hash == nil || hash?.text == kept else { throw AccountError.wrongPassword }
            let session = try Self.begin(account, since: now, at: now, in: db)
            try Self.record(.signedIn, of: account.id.text, by: author, at: now, to: db)
            return session
        }
    }

    /// A session in the place of another, which is over then.
    public func refresh(_ id: SessionID, at now: Timestamp) throws(AccountError) -> NewSession {
        try write { db in
            guard let old = try Self.session(id, at: now, in: db) else { throw AccountError.sessionOver }
            try db.execute(sql: "DELETE FROM sessions WHERE digest = ?", arguments: [id.digest])
            guard now.milliseconds - old.beganAt.milliseconds < Session.lastsInAll else {
                throw AccountError.sessionOver
            }
            return try Self.begin(old.account, since: old.beganAt, at: now, in: db)
        }
    }

    public func signOut(_ session: Session, by author: Author, at now: Timestamp) throws(AccountError) {
        try write { db in
            try db.execute(sql: "DELETE FROM sessions WHERE digest = ?", arguments: [session.id.digest])
            guard db.changesCount > 0 else { return }
            let subject = session.account?.id ?? .localOwner
            try Self.record(.signedOut, of: subject.text, by: author, at: now, to: db)
        }
    }

    /// A session that is not over.
    public func session(_ id: SessionID, at now: Timestamp) async throws(AccountError) -> Session? {
        try await readLater { db in try Self.session(id, at: now, in: db) }
    }

    /// What somebody may do in a workspace; `nil` if they have no part in it.
    public func role(of account: Account, in workspace: Int64) async throws(AccountError) -> Role? {
        if account.isPlatform { return .platform }
        return try await readLater { db in try Self.role(of: account.id, in: workspace, db) }
    }

    // MARK: Inside

    /// - Parameters:
    ///   - account: `nil` for the local owner.
    ///   - beganAt: when they signed in, if it is not their first.
    static func begin(
        _ account: Account?,
        since beganAt: Timestamp,
        at now: Timestamp,
        in db: Database
    ) throws -> NewSession {
        try db.execute(sql: "DELETE FROM sessions WHERE ends_at <= ?", arguments: [now.milliseconds])
        if let account {
            try db.execute(
                sql: """
                    DELETE FROM sessions WHERE account = ? AND digest NOT IN
                        (SELECT digest FROM sessions WHERE account = ? ORDER BY ends_at DESC, rowid DESC LIMIT ?)
                    """,
                arguments: [account.id.text, account.id.text, Session.most - 1]
            )
        }
        let secret = Secret()
        let last = beganAt.milliseconds + Session.lastsInAll
        let endsAt = min(now.milliseconds + Session.lasts, last)
        try db.execute(
            sql: "INSERT INTO sessions (digest, account, began_at, ends_at) VALUES (?, ?, ?, ?)",
            arguments: [secret.digest, account?.id.text, beganAt.milliseconds, endsAt]
        )
        return NewSession(secret: secret, account: account, madeAt: now, endsAt: Timestamp(milliseconds: endsAt))
    }

    static func session(_ id: SessionID, at now: Timestamp, in db: Database) throws -> Session? {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT * FROM sessions WHERE digest = ? AND ends_at > ?",
            arguments: [id.digest, now.milliseconds]
        )
        guard let row else { return nil }
        var account: Account?
        if let owner = row["account"] as String? {
            account = try self.account(AccountID(owner), in: db)
            // Nobody's, and by no means the local owner's.
            if account == nil { return nil }
        }
        return Session(
            id: id,
            account: account,
            endsAt: Timestamp(milliseconds: row["ends_at"]),
            beganAt: Timestamp(milliseconds: row["began_at"])
        )
    }

    static func role(of account: AccountID, in workspace: Int64, _ db: Database) throws -> Role? {
        try String.fetchOne(
            db,
            sql: "SELECT role FROM members WHERE account = ? AND workspace = ?",
            arguments: [account.text, workspace]
        ).flatMap { Role(word: $0) }
    }
}
