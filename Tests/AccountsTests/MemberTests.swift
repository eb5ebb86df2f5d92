import EventModel
import Testing

@testable import Accounts

@Suite("members, keys and their audit (Documentation/accounts.md A7, A9, A11)")
struct MemberTests {
    private func setRole(_ house: House, _ account: Account, _ role: Role, as giver: Role = .admin) throws {
        _ = try house.store.setRole(of: account.id, in: 1, to: role, as: giver, by: House.boss, at: .noon)
    }

    private func remove(_ house: House, _ account: Account, as giver: Role = .admin) throws {
        try house.store.remove(account.id, from: 1, as: giver, by: House.boss, at: .noon)
    }

    @Test("the last Admin cannot leave, be removed or get another role; Platform may do that")
    func lastAdmin() throws {
        let house = try House()
        let (ann, ben) = (try house.join("ann", as: .admin), try house.join("ben", as: .admin))
        try house.join("cid", 2, as: .admin)
        try house.store.leave(1, ben, by: House.boss, at: .noon)
        #expect(throws: AccountError.lastAdmin) { try house.store.leave(1, ann, by: House.boss, at: .noon) }
        #expect(throws: AccountError.lastAdmin) { try remove(house, ann) }
        #expect(throws: AccountError.lastAdmin) { try setRole(house, ann, .viewer) }
        try setRole(house, ann, .admin)
        #expect(try house.store.members(of: 1).map(\.role) == [.admin])
        try setRole(house, ann, .editor, as: .platform)
        #expect(try house.store.members(of: 1).map(\.role) == [.editor])
    }

    @Test("nobody gives more than they have, and only Platform changes who is Platform")
    func escalation() async throws {
        let house = try House()
        let (ann, boss) = (try house.join("ann"), try house.join("boss", as: .admin))
        try house.store.setPlatform(true, boss.id, by: .command, at: .noon)
        let platform = try #require(try house.store.account(boss.id))
        #expect(throws: AccountError.roleTooHigh(.platform)) { try setRole(house, ann, .platform) }
        #expect(throws: AccountError.roleTooHigh(.platform)) { try setRole(house, ann, .platform, as: .platform) }
        #expect(throws: AccountError.roleTooHigh(.admin)) { try setRole(house, ann, .admin, as: .editor) }
        #expect(throws: AccountError.accountProtected) { try setRole(house, platform, .viewer) }
        #expect(throws: AccountError.accountProtected) { try remove(house, platform) }
        #expect(throws: AccountError.memberUnknown("usr_none")) {
            try house.store.remove(AccountID("usr_none"), from: 1, as: .platform, by: House.boss, at: .noon)
        }
        #expect(try await house.store.role(of: platform, in: 77) == .platform, "in every workspace")
        #expect(try await house.store.role(of: ann, in: 77) == nil)
        #expect(try await house.store.role(of: ann, in: 1) == .viewer)
    }

    @Test("a key has at most its account's role, and goes with its part in the workspace")
    func keys() async throws {
        let house = try House()
        let ann = try house.join("ann", as: .editor)
        try house.join("boss", as: .admin)
        func make(_ role: Role, endsAt: Timestamp? = nil) throws -> (ProgramKey, Secret) {
            try house.store.makeKey(
                "CI",
                of: ann.id,
                in: 1,
                role: role,
                own: .editor,
                endsAt: endsAt,
                by: House.boss,
                at: .noon
            )
        }
        func role(_ secret: Secret, at time: Timestamp = .noon) async throws -> Role? {
            try await house.store.key(secret.text, at: time)?.role
        }
        #expect(throws: AccountError.roleTooHigh(.admin)) { try make(.admin) }
        let (_, reader) = try make(.viewer)
        let (writerKey, writer) = try make(.editor, endsAt: .noon.adding(hours: 1))
        #expect(writer.text.hasPrefix("ank_") && writer.text.count == 44 && writer.text.hasSuffix(writerKey.hint))
        #expect(try await role(reader) == .viewer)
        #expect(try await role(writer) == .editor)
        #expect(try await house.store.key(writer.text, at: .noon.adding(hours: 1)) == nil, "it is over")
        #expect(try await house.store.key(writer.text + "0", at: .noon) == nil)
        try setRole(house, ann, .viewer)
        #expect(try await role(writer) == .viewer, "it shrinks with its account")
        #expect(throws: AccountError.keyUnknown(writerKey.id)) {
            try house.store.removeKey(writerKey.id, of: AccountID("usr_other"), in: nil, by: House.boss, at: .noon)
        }
        #expect(throws: AccountError.keyUnknown(writerKey.id)) {
            try house.store.removeKey(writerKey.id, of: nil, in: 2, by: House.boss, at: .noon)
        }
        try house.store.removeKey(writerKey.id, of: ann.id, in: nil, by: House.boss, at: .noon)
        #expect(try await house.store.key(writer.text, at: .noon) == nil)
        try remove(house, ann)
        #expect(try await house.store.key(reader.text, at: .noon) == nil)
        #expect(try house.store.keys(of: ann.id).isEmpty)
        try house.join("ann", as: .editor)
        #expect(try await house.store.key(reader.text, at: .noon) == nil, "coming back does not bring it back")
    }

    @Test("each change leaves a line, what is refused none")
    func audit() throws {
        let house = try House()
        let ann = try house.join("ann", as: .editor)
        try? setRole(house, ann, .platform)
        try setRole(house, ann, .admin)
        try? remove(house, ann)
        try house.store.setPlatform(true, ann.id, by: .command, at: .noon)
        #expect(
            try house.actions() == [
                "boss invited editor", "\(ann.id.text) account_made", "\(ann.id.text) joined editor",
                "boss role_changed admin", "command role_changed platform",
            ]
        )
        let lines = try house.store.audit(of: 1, limit: 10)
        #expect(lines.map(\.action) == [.changedRole, .joined, .invited], "newest first")
        #expect(lines[0].author == House.boss && lines[0].subject == ann.id.text && lines[0].at == .noon)
        #expect(try house.store.audit(of: 1, before: lines[1].number, limit: 10).map(\.action) == [.invited])
        #expect(try house.store.audit(of: 2, limit: 10).isEmpty)
    }
}

@Suite("how often something may be tried (Documentation/accounts.md A12)")
struct AttemptLimitTests {
    private func at(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: Timestamp.noon.milliseconds + seconds * 1000)
    }

    @Test("so many at once, then one as often as the minute has room for")
    func bucket() {
        var limit = AttemptLimit(perMinute: 10)
        for _ in 0..<10 { #expect(limit.take("a", at: at(0)) == nil) }
        let wait = limit.take("a", at: at(0))
        #expect(wait.map { $0 > .seconds(5) && $0 <= .milliseconds(6_001) } == true)
        #expect(limit.take("b", at: at(0)) == nil, "others have their own")
        #expect(limit.take("a", at: at(5)) != nil)
        #expect(limit.take("a", at: at(6)) == nil)
        #expect(limit.take("a", at: at(6)) != nil)
        for _ in 0..<10 { #expect(limit.take("a", at: at(700)) == nil, "a minute later it is full, and no fuller") }
        #expect(limit.take("a", at: at(700)) != nil)
    }

    @Test("what was right is given back")
    func giveBack() {
        var limit = AttemptLimit(perMinute: 2)
        for _ in 0..<50 {
            #expect(limit.take("a", at: at(0)) == nil)
            limit.giveBack("a", at: at(0))
        }
        #expect(limit.take("a", at: at(0)) == nil && limit.take("a", at: at(0)) == nil)
        #expect(limit.take("a", at: at(0)) != nil)
    }

    @Test("only so many are remembered: beyond, nobody new may, until some are over")
    func memory() {
        var limit = AttemptLimit(perMinute: 2, most: 3)
        for name in ["a", "b", "c"] { #expect(limit.take(name, at: at(0)) == nil) }
        #expect(limit.take("d", at: at(1)) != nil)
        #expect(limit.take("a", at: at(1)) == nil, "who is known goes on")
        #expect(limit.take("d", at: at(60)) == nil)
    }
}
