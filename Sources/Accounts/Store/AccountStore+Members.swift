public import EventModel
import GRDB

// Who has a part in a workspace. Source: Documentation/accounts.md A7 and A8.

extension AccountStore {
    /// In the order of their addresses.
    public func members(of workspace: Int64) throws(AccountError) -> [Member] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT accounts.*, members.role, members.since FROM members JOIN accounts ON id = account
                    WHERE workspace = ? ORDER BY email
                    """,
                arguments: [workspace]
            ).compactMap(Member.init)
        }
    }

    /// In the order of the workspaces.
    public func memberships(of account: AccountID) throws(AccountError) -> [Membership] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT workspace, role FROM members WHERE account = ? ORDER BY workspace",
                arguments: [account.text]
            ).compactMap { row in
                Role(word: row["role"] as String).map { Membership(workspace: row["workspace"], role: $0) }
            }
        }
    }

    /// Gives somebody another role.
    ///
    /// - Parameter giver: the role of whoever asks.
    public func setRole(
        of account: AccountID,
        in workspace: Int64,
        to role: Role,
        as giver: Role,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) -> Member {
        try write { db in
            if role > min(giver, .admin) { throw AccountError.roleTooHigh(role) }
            var member = try Self.changeable(account, in: workspace, as: giver, db)
            if role < .admin { try Self.checkNotLastAdmin(member, in: workspace, as: giver, db) }
            try Self.setMember(account, in: workspace, role, at: now, db)
            try Self.record(.changedRole, of: account.text, role.word, in: workspace, by: author, at: now, to: db)
            member.role = role
            return member
        }
    }

    /// Takes somebody's part in a workspace. Their account stays.
    ///
    /// - Parameter giver: the role of whoever asks.
    public func remove(
        _ account: AccountID,
        from workspace: Int64,
        as giver: Role,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) {
        try write { db in
            let member = try Self.changeable(account, in: workspace, as: giver, db)
            try Self.checkNotLastAdmin(member, in: workspace, as: giver, db)
            try Self.deleteMember(account, in: workspace, db)
            try Self.record(.removedMember, of: account.text, in: workspace, by: author, at: now, to: db)
        }
    }

    /// Gives up one's own part in a workspace.
    public func leave(
        _ workspace: Int64,
        _ account: Account,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) {
        try write { db in
            guard let member = try Self.member(account.id, in: workspace, db) else {
                throw AccountError.memberUnknown(account.email.text)
            }
            try Self.checkNotLastAdmin(member, in: workspace, as: account.isPlatform ? .platform : member.role, db)
            try Self.deleteMember(account.id, in: workspace, db)
            try Self.record(.left, of: account.id.text, in: workspace, by: author, at: now, to: db)
        }
    }

    /// Makes somebody who has an account a member, or gives them another role: for whoever has the machine.
    public func grant(
        _ role: Role,
        in workspace: Int64,
        to account: AccountID,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) {
        try write { db in
            try Self.setMember(account, in: workspace, role, at: now, db)
            try Self.record(.changedRole, of: account.text, role.word, in: workspace, by: author, at: now, to: db)
        }
    }

    // MARK: Invitations

    /// A link with which whoever has that address becomes a member. One that was made for them before is over.
    ///
    /// - Parameter giver: the role of whoever asks.
    public func invite(
        _ email: EmailAddress,
        to workspace: Int64,
        as role: Role,
        giver: Role,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) -> (Link, Secret) {
        try write { db in
            if role > min(giver, .admin) { throw AccountError.roleTooHigh(role) }
            if let account = try Self.account(email, in: db), try Self.member(account.id, in: workspace, db) != nil {
                throw AccountError.alreadyMember(email)
            }
            try db.execute(
                sql: "DELETE FROM links WHERE kind = 'invitation' AND email = ? AND workspace = ?",
                arguments: [email.text, workspace]
            )
            let made = try Self.makeLink(.invitation(email, workspace: workspace, role), at: now, in: db)
            try Self.record(.invited, of: email.text, role.word, in: workspace, by: author, at: now, to: db)
            return made
        }
    }

    /// Those that nobody has used yet, newest first.
    public func invitations(to workspace: Int64, at now: Timestamp) throws(AccountError) -> [Link] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM links WHERE kind = 'invitation' AND workspace = ? AND ends_at > ?
                    ORDER BY made_at DESC, rowid DESC
                    """,
                arguments: [workspace, now.milliseconds]
            ).compactMap(Link.init)
        }
    }

    public func withdrawInvitation(
        _ id: String,
        to workspace: Int64,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) {
        try write { db in
            try db.execute(
                sql: "DELETE FROM links WHERE id = ? AND workspace = ? AND kind = 'invitation'",
                arguments: [id, workspace]
            )
            if db.changesCount == 0 { throw AccountError.invitationUnknown(id) }
            try Self.record(.withdrewInvitation, of: id, in: workspace, by: author, at: now, to: db)
        }
    }

    /// Makes whoever was invited a member, and signs them in. The link is used.
    ///
    /// - Parameter password: of the account that is made, if there is none with that address; whoever has one has shown
    ///   theirs.
    public func join(
        _ token: String,
        password: PasswordHash?,
        from address: String?,
        at now: Timestamp
    ) throws(AccountError) -> NewSession {
        try write { db in
            guard case .invitation(let email, let workspace, let role) = try Self.use(token, at: now, in: db).purpose
            else { throw AccountError.linkNotValid }
            let account: Account
            if let known = try Self.account(email, in: db) {
                // Made since the password was taken for a new one.
                if password != nil { throw AccountError.emailTaken(email) }
                account = known
            } else {
                guard let password else { throw AccountError.linkNotValid }
                account = try Self.makeAccount(email, password, isPlatform: false, by: nil, at: now, in: db)
            }
            let author = Author(account.id.text, from: address)
            // Whoever was given a part meanwhile keeps it.
            if try Self.member(account.id, in: workspace, db) == nil {
                try Self.setMember(account.id, in: workspace, role, at: now, db)
                try Self.record(.joined, of: account.id.text, role.word, in: workspace, by: author, at: now, to: db)
            }
            return try Self.begin(account, since: now, at: now, in: db)
        }
    }

    // MARK: Inside

    private static func member(_ account: AccountID, in workspace: Int64, _ db: Database) throws -> Member? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT accounts.*, members.role, members.since FROM members JOIN accounts ON id = account
                WHERE workspace = ? AND account = ?
                """,
            arguments: [workspace, account.text]
        ).flatMap(Member.init)
    }

    /// A member whom somebody of that role may change.
    private static func changeable(
        _ account: AccountID,
        in workspace: Int64,
        as giver: Role,
        _ db: Database
    ) throws -> Member {
        guard let member = try member(account, in: workspace, db) else {
            throw AccountError.memberUnknown(account.text)
        }
        if member.account.isPlatform, giver < .platform { throw AccountError.accountProtected }
        return member
    }

    /// Platform may leave a workspace without an Admin: it can make one.
    private static func checkNotLastAdmin(
        _ member: Member,
        in workspace: Int64,
        as giver: Role,
        _ db: Database
    ) throws {
        guard member.role == .admin, giver < .platform else { return }
        let admins = try Int.fetchOne(
            db,
            sql: "SELECT count(*) FROM members WHERE workspace = ? AND role = ?",
            arguments: [workspace, Role.admin.word]
        )
        if admins == 1 { throw AccountError.lastAdmin }
    }

    private static func setMember(
        _ account: AccountID,
        in workspace: Int64,
        _ role: Role,
        at now: Timestamp,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO members (workspace, account, role, since) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET role = excluded.role
                """,
            arguments: [workspace, account.text, role.word, now.milliseconds]
        )
    }

    /// With the keys that they made for it.
    private static func deleteMember(_ account: AccountID, in workspace: Int64, _ db: Database) throws {
        for table in ["members", "keys"] {
            try db.execute(
                sql: "DELETE FROM \(table) WHERE workspace = ? AND account = ?",
                arguments: [workspace, account.text]
            )
        }
    }
}

extension Member {
    /// `nil` if the role is one that only another version knows.
    fileprivate init?(_ row: Row) {
        guard let role = Role(word: row["role"] as String) else { return nil }
        self.init(account: Account(row), role: role, since: Timestamp(milliseconds: row["since"]))
    }
}
