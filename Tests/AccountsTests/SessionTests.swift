import EventModel
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Accounts

@Suite("sessions (Documentation/accounts.md A4)")
struct SessionTests {
    @Test("are found by their token until they end")
    func ends() async throws {
        let house = try House()
        let ann = try house.join("ann")
        let tokens = try await SessionTokens(house.store)
        let session = try house.store.signIn(ann, by: House.boss, at: .noon)
        let reading = try #require(await tokens.read(try await tokens.token(of: session)))
        #expect(reading.endsAt == Timestamp.noon.adding(hours: 24).seconds)
        let found = try await house.store.session(reading.id, at: .noon.adding(hours: 23))
        #expect(found?.account == ann)
        let later = try await house.store.session(reading.id, at: .noon.adding(hours: 24))
        #expect(later == nil)
    }

    @Test("are over when whoever it is signs out, in every process and after a restart")
    func signOut() async throws {
        let house = try House()
        let ann = try house.join("ann")
        let tokens = try await SessionTokens(house.store)
        let (first, second) = (
            try house.store.signIn(ann, by: House.boss, at: .noon),
            try house.store.signIn(ann, by: House.boss, at: .noon)
        )
        let token = try await tokens.token(of: first)
        let id = try #require(await tokens.read(token)?.id)
        let session = try #require(await house.store.session(id, at: .noon))
        try house.store.signOut(session, by: House.boss, at: .noon)
        let again = try AccountStore(dataFolder: house.folder.url)
        let others = try await SessionTokens(again)
        #expect(await others.read(token)?.id == id, "it is signed by this server")
        #expect(try await again.session(id, at: .noon) == nil)
        let other = try #require(await others.read(try await tokens.token(of: second))?.id)
        #expect(try await again.session(other, at: .noon) != nil, "others go on")
        again.close()
    }

    @Test("refreshing ends the old one, and does not go on for ever")
    func refresh() async throws {
        let house = try House()
        let ann = try house.join("ann")
        let tokens = try await SessionTokens(house.store)
        var session = try house.store.signIn(ann, by: House.boss, at: .noon)
        func id() async throws -> SessionID { try #require(await tokens.read(try await tokens.token(of: session))?.id) }
        var hours: Int64 = 0
        while hours < 30 * 24 - 20 {
            let old = try await id()
            hours += 20
            session = try house.store.refresh(old, at: .noon.adding(hours: hours))
            #expect(try await house.store.session(old, at: .noon.adding(hours: hours)) == nil)
            #expect(throws: AccountError.sessionOver) {
                try house.store.refresh(old, at: .noon.adding(hours: hours))
            }
        }
        #expect(session.endsAt == .noon.adding(hours: 30 * 24), "30 days after signing in it is over")
        let last = try await id()
        #expect(throws: AccountError.sessionOver) { try house.store.refresh(last, at: .noon.adding(hours: 30 * 24)) }
    }

    @Test("an account that is removed takes its sessions along: none becomes the local owner's")
    func removed() async throws {
        let house = try House()
        let ann = try house.join("ann")
        let tokens = try await SessionTokens(house.store)
        let token = try await tokens.token(of: try house.store.signIn(ann, by: House.boss, at: .noon))
        let id = try #require(await tokens.read(token)?.id)
        // Also if somebody took the row away whom SQLite does not hold to what refers to it.
        try await house.store.pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; DELETE FROM accounts; PRAGMA foreign_keys = ON")
        }
        #expect(try await house.store.session(id, at: .noon) == nil)
        let ben = try house.join("ben")
        let other = try await tokens.token(of: try house.store.signIn(ben, by: House.boss, at: .noon))
        let otherID = try #require(await tokens.read(other)?.id)
        try house.store.removeAccount(ben, by: .command, at: .noon)
        #expect(try await house.store.session(otherID, at: .noon) == nil)
    }

    @Test("an account has a hundred at a time; beyond, the oldest is over")
    func most() async throws {
        let house = try House()
        let ann = try house.join("ann")
        let ben = try house.store.signIn(try house.join("ben"), by: House.boss, at: .noon)
        let tokens = try await SessionTokens(house.store)
        var ids: [SessionID] = []
        for number in 0...Session.most {
            let time = Timestamp(milliseconds: Timestamp.noon.milliseconds + Int64(number))
            let session = try house.store.signIn(ann, by: House.boss, at: time)
            ids.append(try #require(await tokens.read(try await tokens.token(of: session))?.id))
        }
        let later = Timestamp.noon.adding(hours: 1)
        #expect(try await house.store.session(ids[0], at: later) == nil)
        #expect(try await house.store.session(ids[1], at: later) != nil)
        #expect(try await house.store.session(ids[Session.most], at: later) != nil)
        let other = try #require(await tokens.read(try await tokens.token(of: ben))?.id)
        #expect(try await house.store.session(other, at: later) != nil, "others have their own")
    }

    @Test("nobody else can make a token")
    func forged() async throws {
        let (house, other) = (try House(), try House())
        let tokens = try await SessionTokens(house.store)
        let session = try house.store.signIn(try house.join("ann"), by: House.boss, at: .noon)
        let token = try await tokens.token(of: session)
        let strange = try await SessionTokens(other.store)
        #expect(await strange.read(token) == nil, "another server has another key")
        let parts = token.split(separator: ".").map(String.init)
        func encoded(_ text: String) -> String {
            Data(text.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
                .replacing("/", with: "_")
        }
        for bad in [
            "", ".", "..", "a.b.c", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])",
            "\(encoded("{\"alg\":\"none\",\"typ\":\"JWT\"}")).\(parts[1]).",
            "\(encoded("{\"alg\":\"none\",\"typ\":\"JWT\"}")).\(parts[1]).\(parts[2])",
            "\(parts[0]).\(encoded("{\"jti\":\"1\",\"sub\":\"local\"}")).\(parts[2])", token + "A",
        ] { #expect(await tokens.read(bad) == nil, "\(bad)") }
        #expect(await tokens.read(token) != nil)
    }

    @Test("nothing that opens a door is in the file as it is shown")
    func kept() async throws {
        let house = try House()
        let ann = try house.join("ann")
        let tokens = try await SessionTokens(house.store)
        let token = try await tokens.token(of: try house.store.signIn(ann, by: House.boss, at: .noon))
        let payload = try #require(Data(base64Encoded: Self.padded(String(token.split(separator: ".")[1]))))
        struct ID: Decodable { var jti: String }
        let session = try JSONDecoder().decode(ID.self, from: payload).jti
        let (_, link) = try house.store.makeSignInLink(by: House.boss, at: .noon)
        let (_, invitation) = try house.store.invite(
            House.email("ben"),
            to: 1,
            as: .viewer,
            giver: .admin,
            by: House.boss,
            at: .noon
        )
        let (_, key) = try house.store.makeKey(
            "n",
            of: ann.id,
            in: 1,
            role: .viewer,
            own: .viewer,
            endsAt: nil,
            by: House.boss,
            at: .noon
        )
        house.store.close()
        let file = try Data(contentsOf: house.folder.url.appending(path: "accounts.sqlite"))
        for secret in [session, link.text, invitation.text, key.text, String(key.text.dropFirst(4)), "a long password"]
        {
            #expect(file.firstRange(of: Data(secret.utf8)) == nil, "\(secret)")
        }
        #expect(file.firstRange(of: Data("ann@example.com".utf8)) != nil)
        let mode = try FileManager.default.attributesOfItem(
            atPath: house.folder.url.appending(path: "accounts.sqlite").path
        )[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    private static func padded(_ text: String) -> String {
        text.replacing("-", with: "+").replacing("_", with: "/")
            + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }

    @Test("a new password ends all sessions but the one that set it; a reset ends all")
    func passwords() async throws {
        let house = try House()
        let ann = try house.join("ann")
        let tokens = try await SessionTokens(house.store)
        func signIn() async throws -> SessionID {
            let session = try house.store.signIn(ann, by: House.boss, at: .noon)
            return try #require(await tokens.read(try await tokens.token(of: session))?.id)
        }
        let (first, second) = (try await signIn(), try await signIn())
        try house.store.changePassword(
            of: ann.id,
            to: try House.hash("another password"),
            keeping: first,
            by: House.boss,
            at: .noon
        )
        #expect(try await house.store.session(first, at: .noon) != nil)
        #expect(try await house.store.session(second, at: .noon) == nil)
        let kept = try #require(await house.store.password(of: ann.email)?.1)
        #expect(try kept.matches("another password") && !kept.matches("a long password"))
        let (_, link) = try house.store.makeResetLink(for: ann.id, in: 1, as: .admin, by: House.boss, at: .noon)
        _ = try house.store.reset(link.text, try House.hash("a third password"), from: nil, at: .noon)
        #expect(try await house.store.session(first, at: .noon) == nil)
    }
}
