public import EventModel
import GRDB

extension AccountStore {
    /// Whether there is an account.
    public func hasAccounts() throws(AccountError) -> Bool {
        try read { db in try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM accounts)") ?? false }
    }

    /// In the order of their addresses.
    public func accounts() throws(AccountError) -> [Account] {
        try read { db in try Row.fetchAll(db, sql: "SELECT * FROM accounts ORDER BY email").map(Account.init) }
    }

    public func account(_ id: AccountID) throws(AccountError) -> Account? {
        try read { db in try Self.account(id, in: db) }
    }

    public func account(_ email: EmailAddress) throws(AccountError) -> Account? {
        try read { db in try Self.account(email, in: db) }
    }

    /// What is kept of the password of whoever signs in; `nil` if there is no such account.
    public func password(of email: EmailAddress) async throws(AccountError) -> (Account, PasswordHash)? {
        try await readLater { db in
            let row = try Row.fetchOne(db, sql: "SELECT * FROM accounts WHERE email = ?", arguments: [email.text])
            guard let row else { return nil }
            guard let hash = PasswordHash(text: row["password"]) else {
                throw AccountError.unavailable("the password of \(email) is kept in a way that is not known here")
            }
            return (Account(row), hash)
        }
    }

    /// Sets a password, and ends all of the account's sessions but one.
    ///
    /// - Parameter session: that one.
    public func changePassword(
        of account: AccountID,
        to hash: PasswordHash,
        keeping session: SessionID?,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) {
        try write { db in
            try Self.setPassword(of: account, to: hash, in: db)
            try db.execute(
                sql: "DELETE FROM sessions WHERE account = ? AND digest IS NOT ?",
                arguments: [account.text, session?.digest]
            )
            try Self.record(.changedPassword, of: account.text, by: author, at: now, to: db)
        }
    }

    /// Keeps a password in another way, now that it is known; if it was changed meanwhile, it is wrong.
    public func strengthen(_ account: AccountID, from old: PasswordHash, to new: PasswordHash) throws(AccountError) {
        try write { db in
            try db.execute(
                sql: "UPDATE accounts SET password = ? WHERE id = ? AND password = ?",
                arguments: [new.text, account.text, old.text]
            )
            if db.changesCount == 0 { throw AccountError.wrongPassword }
        }
    }

    /// Makes somebody Platform, or no longer.
    public func setPlatform(
        _ isPlatform: Bool,
        _ account: AccountID,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) {
        try write { db in
            try db.execute(
                sql: "UPDATE accounts SET is_platform = ? WHERE id = ?",
                arguments: [isPlatform, account.text]
            )
            let detail = isPlatform ? Role.platform.word : "no longer \(Role.platform.word)"
            try Self.record(.changedRole, of: account.text, detail, by: author, at: now, to: db)
        }
    }

    /// Removes an account, with its sessions, keys and parts in workspaces: for whoever has the machine.
    public func removeAccount(_ account: Account, by author: Author, at now: Timestamp) throws(AccountError) {
        try write { db in
            try db.execute(sql: "DELETE FROM accounts WHERE id = ?", arguments: [account.id.text])
            try Self.record(.removedAccount, of: account.id.text, account.email.text, by: author, at: now, to: db)
        }
    }

    // MARK: Inside

    static func account(_ id: AccountID, in db: Database) throws -> Account? {
        try Row.fetchOne(db, sql: "SELECT * FROM accounts WHERE id = ?", arguments: [id.text]).map(Account.init)
    }

    static func account(_ email: EmailAddress, in db: Database) throws -> Account? {
        try Row.fetchOne(db, sql: "SELECT * FROM accounts WHERE email = ?", arguments: [email.text]).map(Account.init)
    }

    static func makeAccount(
        _ email: EmailAddress,
        _ password: PasswordHash,
        isPlatform: Bool,
        by author: Author?,
        at now: Timestamp,
        in db: Database
    ) throws -> Account {
        if try account(email, in: db) != nil { throw AccountError.emailTaken(email) }
        let id = AccountID(Secret(prefix: "usr_", bits: 96).text)
        let account = Account(id: id, email: email, isPlatform: isPlatform, madeAt: now)
        try db.execute(
            sql: "INSERT INTO accounts (id, email, password, is_platform, made_at) VALUES (?, ?, ?, ?, ?)",
            arguments: [id.text, email.text, password.text, isPlatform, now.milliseconds]
        )
        // Who makes their own account is its author.
        let author = author ?? Author(id.text)
        let detail = isPlatform ? Role.platform.word : nil
        try record(.madeAccount, of: id.text, detail, by: author, at: now, to: db)
        return account
    }

    static func setPassword(of account: AccountID, to hash: PasswordHash, in db: Database) throws {
        try db.execute(sql: "UPDATE accounts SET password = ? WHERE id = ?", arguments: [hash.text, account.text])
    }
}

extension Account {
    init(_ row: Row) {
        self.init(
            id: AccountID(row["id"]),
            email: EmailAddress(kept: row["email"]),
            isPlatform: row["is_platform"],
            madeAt: Timestamp(milliseconds: row["made_at"])
        )
    }
}
