public import EventModel
import GRDB

// Keys with which programs ask. Source: Documentation/accounts.md A9.

extension AccountStore {
    /// Makes a key, which is shown this once.
    ///
    /// - Parameter own: the role of whose it is, which it cannot exceed.
    public func makeKey(
        _ name: String,
        of account: AccountID,
        in workspace: Int64,
        role: Role,
        own: Role,
        endsAt: Timestamp?,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) -> (ProgramKey, Secret) {
        try write { db in
            if role > min(own, .admin) { throw AccountError.roleTooHigh(role) }
            let secret = Secret(prefix: ProgramKey.prefix, bits: 160)
            let key = ProgramKey(
                id: Secret(prefix: "key_", bits: 96).text,
                name: name,
                account: account,
                workspace: workspace,
                role: role,
                hint: String(secret.text.suffix(4)),
                madeAt: now,
                endsAt: endsAt
            )
            try db.execute(
                sql: """
                    INSERT INTO keys (id, digest, name, account, workspace, role, hint, made_at, ends_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    key.id, secret.digest, name, account.text, workspace, role.word, key.hint, now.milliseconds,
                    endsAt?.milliseconds,
                ]
            )
            try Self.record(.madeKey, of: key.id, role.word, in: workspace, by: author, at: now, to: db)
            return (key, secret)
        }
    }

    /// Somebody's, newest first, also those that are over.
    public func keys(of account: AccountID) throws(AccountError) -> [ProgramKey] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM keys WHERE account = ? ORDER BY made_at DESC, rowid DESC",
                arguments: [account.text]
            ).compactMap(ProgramKey.init)
        }
    }

    /// All of a workspace, newest first, also those that are over.
    public func keys(in workspace: Int64) throws(AccountError) -> [ProgramKey] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM keys WHERE workspace = ? ORDER BY made_at DESC, rowid DESC",
                arguments: [workspace]
            ).compactMap(ProgramKey.init)
        }
    }

    /// Removes a key of somebody's, or any of a workspace.
    ///
    /// - Parameters:
    ///   - account: `nil` for whoever's.
    ///   - workspace: `nil` for any.
    public func removeKey(
        _ id: String,
        of account: AccountID?,
        in workspace: Int64?,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) {
        try write { db in
            let key = try Row.fetchOne(db, sql: "SELECT * FROM keys WHERE id = ?", arguments: [id])
                .flatMap(ProgramKey.init)
            guard let key, account == nil || account == key.account, workspace == nil || workspace == key.workspace
            else { throw AccountError.keyUnknown(id) }
            try db.execute(sql: "DELETE FROM keys WHERE id = ?", arguments: [id])
            try Self.record(.removedKey, of: id, in: key.workspace, by: author, at: now, to: db)
        }
    }

    /// What a key's text opens: the key, whose it is, and the role that it has now.
    public struct OpenKey: Sendable {
        public var key: ProgramKey
        public var account: Account
        /// `nil` if whose it is has no part in the workspace any more.
        public var role: Role?
    }

    /// - Returns: `nil` if it is nobody's, or over.
    public func key(_ text: String, at now: Timestamp) async throws(AccountError) -> OpenKey? {
        let digest = Secret.digest(of: text)
        return try await readLater { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT * FROM keys WHERE digest = ? AND (ends_at IS NULL OR ends_at > ?)",
                arguments: [digest, now.milliseconds]
            )
            guard let key = row.flatMap(ProgramKey.init), let account = try Self.account(key.account, in: db) else {
                return nil
            }
            let own =
                account.isPlatform ? .platform : try Self.role(of: account.id, in: key.workspace, db)
            return OpenKey(key: key, account: account, role: own.map { min($0, key.role) })
        }
    }
}

extension ProgramKey {
    /// `nil` if the role is one that only another version knows.
    fileprivate init?(_ row: Row) {
        guard let role = Role(word: row["role"] as String) else { return nil }
        self.init(
            id: row["id"],
            name: row["name"],
            account: AccountID(row["account"]),
            workspace: row["workspace"],
            role: role,
            hint: row["hint"],
            madeAt: Timestamp(milliseconds: row["made_at"]),
            endsAt: (row["ends_at"] as Int64?).map { Timestamp(milliseconds: $0) }
        )
    }
}
