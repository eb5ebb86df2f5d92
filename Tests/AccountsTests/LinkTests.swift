import EventModel
import Testing

@testable import Accounts

@Suite("links (Documentation/accounts.md A5, A6, A8)")
struct LinkTests {
    @Test("a link to sign in works once, for an hour, and only the newest")
    func signIn() throws {
        let house = try House()
        let (_, old) = try house.store.makeSignInLink(by: .command, at: .noon)
        let (link, new) = try house.store.makeSignInLink(by: .command, at: .noon)
        #expect(new.text.count == 32, "128 bits")
        #expect(link.endsAt == .noon.adding(hours: 1))
        #expect(throws: AccountError.linkNotValid) { try house.store.useSignInLink(old.text, from: nil, at: .noon) }
        #expect(throws: AccountError.linkNotValid) {
            try house.store.useSignInLink(new.text, from: nil, at: .noon.adding(hours: 1))
        }
        #expect(try house.store.useSignInLink(new.text, from: nil, at: .noon).account == nil)
        #expect(throws: AccountError.linkNotValid) { try house.store.useSignInLink(new.text, from: nil, at: .noon) }
        #expect(throws: AccountError.linkNotValid) { try house.store.useSignInLink("", from: nil, at: .noon) }
    }

    @Test("it makes an account that is Platform; a refusal does not use it up")
    func setUp() throws {
        let house = try House()
        try house.join("ann")
        let (_, link) = try house.store.makeSignInLink(by: .command, at: .noon)
        #expect(throws: AccountError.emailTaken(House.email("ann"))) {
            try house.store.setUp(link.text, House.email("ann"), try House.hash(), from: nil, at: .noon)
        }
        let session = try house.store.setUp(link.text, House.email("boss"), try House.hash(), from: nil, at: .noon)
        #expect(session.account?.isPlatform == true)
        #expect(throws: AccountError.linkNotValid) {
            try house.store.setUp(link.text, House.email("other"), try House.hash(), from: nil, at: .noon)
        }
    }

    @Test("a link for one thing is none for another")
    func purposes() throws {
        let house = try House()
        let ann = try house.join("ann")
        let store = house.store
        let (_, signIn) = try store.makeSignInLink(by: .command, at: .noon)
        let (_, reset) = try store.makeResetLink(for: ann.id, in: nil, as: .platform, by: .command, at: .noon)
        let (_, invitation) = try store.invite(
            House.email("ben"),
            to: 1,
            as: .viewer,
            giver: .admin,
            by: House.boss,
            at: .noon
        )
        for token in [reset.text, invitation.text] {
            #expect(throws: AccountError.linkNotValid) { try store.useSignInLink(token, from: nil, at: .noon) }
            #expect(throws: AccountError.linkNotValid) {
                try store.setUp(token, House.email("c"), try House.hash(), from: nil, at: .noon)
            }
        }
        for token in [signIn.text, invitation.text] {
            #expect(throws: AccountError.linkNotValid) {
                try store.reset(token, try House.hash(), from: nil, at: .noon)
            }
        }
        for token in [signIn.text, reset.text] {
            #expect(throws: AccountError.linkNotValid) {
                try store.join(token, password: try House.hash(), from: nil, at: .noon)
            }
        }
        #expect(try store.link(signIn.text, at: .noon).purpose == .signIn, "none of them was used up")
        #expect(try store.link(reset.text, at: .noon).purpose == .reset(ann.id))
    }

    @Test("an invitation works once, and no longer when it is withdrawn, replaced or a week old")
    func invitation() throws {
        let house = try House()
        let store = house.store
        func invite(_ role: Role = .editor) throws -> (Link, Secret) {
            try store.invite(House.email("ben"), to: 1, as: role, giver: .admin, by: House.boss, at: .noon)
        }
        let (_, replaced) = try invite()
        let (link, withdrawn) = try invite()
        #expect(throws: AccountError.linkNotValid) {
            try store.join(replaced.text, password: try House.hash(), from: nil, at: .noon)
        }
        #expect(try store.invitations(to: 1, at: .noon).map(\.id) == [link.id])
        #expect(throws: AccountError.invitationUnknown(link.id)) {
            try store.withdrawInvitation(link.id, to: 2, by: House.boss, at: .noon)
        }
        try store.withdrawInvitation(link.id, to: 1, by: House.boss, at: .noon)
        #expect(throws: AccountError.linkNotValid) {
            try store.join(withdrawn.text, password: try House.hash(), from: nil, at: .noon)
        }
        let (_, last) = try invite()
        let late = Timestamp.noon.adding(hours: 7 * 24)
        #expect(throws: AccountError.linkNotValid) {
            try store.join(last.text, password: try House.hash(), from: nil, at: late)
        }
        #expect(try store.invitations(to: 1, at: late).isEmpty)
        let ben = try #require(try store.join(last.text, password: try House.hash(), from: nil, at: .noon).account)
        #expect(try store.memberships(of: ben.id) == [Membership(workspace: 1, role: .editor)])
        #expect(throws: AccountError.linkNotValid) {
            try store.join(last.text, password: nil, from: nil, at: .noon)
        }
        #expect(throws: AccountError.alreadyMember(House.email("ben"))) { try invite() }
    }

    @Test("nobody invites to more than they have, or to Platform")
    func roles() throws {
        let house = try House()
        for (giver, role) in [
            (Role.viewer, Role.editor), (.editor, .admin), (.admin, .platform), (.platform, .platform),
        ] {
            #expect(throws: AccountError.roleTooHigh(role)) {
                try house.store.invite(House.email("ben"), to: 1, as: role, giver: giver, by: House.boss, at: .noon)
            }
        }
    }

    @Test("an Admin lets in again who is a member of that workspace alone, and nobody who is Platform")
    func reset() throws {
        let house = try House()
        let store = house.store
        let (ann, ben, boss) = (try house.join("ann"), try house.join("ben"), try house.join("boss"))
        try house.join("ben", 2)
        try store.setPlatform(true, boss.id, by: .command, at: .noon)
        func link(_ account: Account, _ workspace: Int64?, _ role: Role) throws -> Secret {
            try store.makeResetLink(for: account.id, in: workspace, as: role, by: House.boss, at: .noon).1
        }
        #expect(throws: AccountError.accountProtected) { try link(ben, 1, .admin) }
        #expect(throws: AccountError.accountProtected) { try link(boss, 1, .admin) }
        #expect(throws: AccountError.memberUnknown(ann.id.text)) { try link(ann, 2, .admin) }
        #expect(throws: AccountError.memberUnknown("usr_none")) {
            try store.makeResetLink(for: AccountID("usr_none"), in: 1, as: .platform, by: House.boss, at: .noon)
        }
        for account in [ann, ben, boss] { _ = try link(account, 1, .platform) }
        let (old, new) = (try link(ann, 1, .admin), try link(ann, 1, .admin))
        #expect(throws: AccountError.linkNotValid) { try store.reset(old.text, try House.hash(), from: nil, at: .noon) }
        #expect(try store.reset(new.text, try House.hash(), from: nil, at: .noon).account == ann)
        #expect(throws: AccountError.linkNotValid) { try store.reset(new.text, try House.hash(), from: nil, at: .noon) }
    }
}
