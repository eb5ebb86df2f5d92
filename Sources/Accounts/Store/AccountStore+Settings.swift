import Foundation
import GRDB

extension AccountStore {
    /// The key that signs tokens, made up when it is first asked for.
    func signingKey() throws(AccountError) -> Data {
        try write { db in
            if let text = try Self.setting("signing key", in: db), let key = Data(base64Encoded: text) { return key }
            let key = Secret.digest(of: Secret(bits: 256).text)
            try Self.set("signing key", to: key.base64EncodedString(), in: db)
            return key
        }
    }

    /// What links begin with: `https://shop.example`, as the server that was started last knows it.
    public func linkBase() throws(AccountError) -> String? {
        try read { db in try Self.setting("link base", in: db) }
    }

    public func setLinkBase(_ base: String) throws(AccountError) {
        try write { db in try Self.set("link base", to: base, in: db) }
    }

    private static func setting(_ name: String, in db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name])
    }

    private static func set(_ name: String, to value: String, in db: Database) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO settings VALUES (?, ?)", arguments: [name, value])
    }
}
