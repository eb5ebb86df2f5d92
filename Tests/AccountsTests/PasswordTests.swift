import Foundation
import Testing

@testable import Accounts

@Suite("passwords (Documentation/accounts.md A1, A2)")
struct PasswordTests {
    /// RFC 7914, section 12: the third vector.
    @Test("are hashed as the RFC says")
    func vector() throws {
        let salt = Data("SodiumChloride".utf8).base64EncodedString().replacing("=", with: "")
        let hex = """
            7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9\
            e61e85dc0d651e40dfcf017b45575887
            """
        let bytes = stride(from: 0, to: 64, by: 2).map { place in
            UInt8(hex.dropFirst(place).prefix(2), radix: 16)!
        }
        let kept = Data(bytes).base64EncodedString().replacing("=", with: "")
        // The first 32 bytes of what scrypt gives do not depend on how many are asked for.
        let text = "$scrypt$ln=14,r=8,p=1$\(salt)$\(kept)"
        let hash = try #require(PasswordHash(text: text))
        #expect(try hash.matches("pleaseletmein"))
        #expect(try !hash.matches("pleaseletmeIn"))
    }

    @Test("have salt: two hashes of one password differ, and both match it")
    func salt() throws {
        let (first, second) = (try House.hash("correct horse"), try House.hash("correct horse"))
        #expect(first.text != second.text)
        for hash in [first, second] {
            let kept = try #require(PasswordHash(text: hash.text))
            #expect(try kept.matches("correct horse"))
            #expect(try !kept.matches("correct horsf") && !kept.matches("") && !kept.matches("correct horse "))
        }
    }

    @Test("are the same, however a keyboard composes its letters")
    func composition() throws {
        let hash = try House.hash("caf\u{E9} caf\u{E9}")
        #expect(try hash.matches("cafe\u{301} cafe\u{301}"))
    }

    @Test("take 64 MB by default, and what was kept at another cost is still read")
    func cost() throws {
        let cost = PasswordHash.Cost.standard
        #expect(128 * cost.blockSize << cost.logRounds == 64 << 20)
        #expect(PasswordHash(text: try House.hash().text)?.cost == PasswordHash.Cost.none)
    }

    @Test(
        "what is no hash is none",
        arguments: [
            "", "secret", "$scrypt$ln=16,r=8,p=1$c2FsdA$aGFzaA", "$scrypt$ln=99,r=8,p=1$c2FsdA$aGFzaA",
            "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
        ]
    )
    func none(_ text: String) { #expect(PasswordHash(text: text) == nil) }

    @Test("must be long and not too easy")
    func rules() throws {
        let email = House.email("somebody.long")
        #expect(throws: AccountError.passwordLength) { try Password("123456789", of: email) }
        #expect(throws: AccountError.passwordLength) { try Password(String(repeating: "abcde", count: 41), of: email) }
        #expect(throws: AccountError.passwordTooEasy) { try Password("aaaaaaaaabbb", of: email) }
        #expect(throws: AccountError.passwordTooEasy) { try Password("Somebody.Long@example.com", of: email) }
        #expect(try Password("0123456789", of: email).text == "0123456789")
    }

    @Test("wait in a line that has an end")
    func line() async throws {
        let queue = PasswordQueue(cost: PasswordHash.Cost(logRounds: 12), most: 3)
        let hash = try House.hash()
        let outcomes = await withTaskGroup(of: AccountError?.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    do throws(AccountError) {
                        _ = try await queue.hash(Password("correct horse", of: House.email("a")))
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains(nil))
        #expect(outcomes.allSatisfy { $0 == nil || $0 == .busy })
        #expect(try await queue.matches("a long password", hash), "whoever comes later has room again")
        #expect(try await !queue.matches("a long password", nil), "nobody's password is none")
    }
}

@Suite("e-mail addresses")
struct EmailAddressTests {
    @Test("are one, however they are written")
    func same() {
        #expect(EmailAddress(" Ann@Example.COM\n")?.text == "ann@example.com")
        #expect(EmailAddress("ren\u{E9}@example.com") == EmailAddress("rene\u{301}@example.com"))
    }

    @Test("what cannot be one is none", arguments: ["", "ann", "@example.com", "ann@", "a@b@c", "a b@c.d", "a@b\u{0}"])
    func none(_ text: String) { #expect(EmailAddress(text) == nil) }
}
