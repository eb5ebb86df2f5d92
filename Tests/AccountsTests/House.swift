import EventModel
import Foundation
import TestSupport
import Testing

@testable import Accounts

extension Timestamp {
    static let noon = Timestamp(milliseconds: 1_709_294_400_000)

    func adding(hours: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds + hours * 3_600_000) }
}

extension PasswordHash.Cost {
    /// So that tests take no time.
    static let none = PasswordHash.Cost(logRounds: 1)
}

/// Accounts in a folder of their own.
struct House {
    let folder: TemporaryFolder
    let store: AccountStore

    init() throws {
        folder = try TemporaryFolder().made()
        store = try AccountStore(dataFolder: folder.url)
    }

    static let boss = Author("boss", from: "192.0.2.1")

    static func email(_ name: String) -> EmailAddress { EmailAddress("\(name)@example.com")! }

    static func hash(_ text: String = "a long password") throws -> PasswordHash { try PasswordHash(of: text, .none) }

    /// Somebody who was invited and came.
    @discardableResult
    func join(_ name: String, _ workspace: Int64 = 1, as role: Role = .viewer) throws -> Account {
        let (_, secret) = try store.invite(
            Self.email(name),
            to: workspace,
            as: role,
            giver: .platform,
            by: Self.boss,
            at: .noon
        )
        let isKnown = try store.account(Self.email(name)) != nil
        let session = try store.join(secret.text, password: isKnown ? nil : Self.hash(), from: nil, at: .noon)
        return try #require(session.account)
    }

    func actions() throws -> [String] {
        try store.audit(of: nil, limit: 1000).reversed().map { line in
            "\(line.author.name) \(line.action.rawValue)" + (line.detail.map { " \($0)" } ?? "")
        }
    }
}
