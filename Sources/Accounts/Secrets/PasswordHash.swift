import Crypto
import CryptoExtras
import Foundation

/// What is kept of a password: scrypt (RFC 7914) over it and some salt, in the form of the PHC string format,
/// `$scrypt$ln=16,r=8,p=1$c2FsdA$aGFzaA`. Source: Documentation/accounts.md A1.
public struct PasswordHash: Hashable, Sendable {
    /// What a hash takes: 128 × r × 2^ln bytes of memory, and time that grows with them.
    public struct Cost: Hashable, Sendable {
        /// The logarithm of the number of rounds.
        public var logRounds: Int
        public var blockSize: Int
        public var parallelism: Int

        public init(logRounds: Int, blockSize: Int = 8, parallelism: Int = 1) {
            self.logRounds = logRounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// 64 MB, and a fifth of a second of one core of 2026.
        public static let standard = Cost(logRounds: 16)
    }

    public let text: String
    let cost: Cost
    private let salt: Data
    private let hash: Data

    private static let saltBytes = 16
    private static let hashBytes = 32

    /// Hashes a password. Blocks for as long as the cost says.
    init(of password: String, _ cost: Cost) throws(AccountError) {
        let salt = Self.random(Self.saltBytes)
        self.init(cost, salt: salt, hash: try Self.scrypt(password, salt, cost))
    }

    /// Of no password: what is compared with it takes as long as if it were somebody's.
    init(ofNobodyAt cost: Cost) {
        self.init(cost, salt: Self.random(Self.saltBytes), hash: Self.random(Self.hashBytes))
    }

    private init(_ cost: Cost, salt: Data, hash: Data) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
        text =
            "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Self.unpadded(salt))$\(Self.unpadded(hash))"
    }

    /// - Parameter text: as it was kept; `nil` if it is no such hash, or of a cost that nobody here sets.
    init?(text: String) {
        guard
            let parts = text.wholeMatch(of: /\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([\w+\/]+)\$([\w+\/]+)/)?
                .output,
            let logRounds = Int(parts.1), (1...20).contains(logRounds), let blockSize = Int(parts.2), blockSize > 0,
            let parallelism = Int(parts.3), parallelism > 0,
            let salt = Self.data(parts.4), let hash = Self.data(parts.5), hash.count == Self.hashBytes
        else { return nil }
        self.text = text
        cost = Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
        self.salt = salt
        self.hash = hash
    }

    /// Blocks for as long as the hash's own cost says.
    func matches(_ password: String) throws(AccountError) -> Bool {
        let other = try Self.scrypt(password, salt, cost)
        // In a time that does not tell how much of it was right.
        return zip(other, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func scrypt(_ password: String, _ salt: Data, _ cost: Cost) throws(AccountError) -> Data {
        // The same password, typed on keyboards that compose letters in different ways.
        let bytes = Data(password.precomposedStringWithCanonicalMapping.utf8)
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: bytes,
                salt: salt,
                outputByteCount: hashBytes,
                rounds: 1 << cost.logRounds,
                blockSize: cost.blockSize,
                parallelism: cost.parallelism
            )
            // Safe: it is copied within the call.
            return unsafe key.withUnsafeBytes { unsafe Data($0) }
        } catch {
            throw .unavailable("a password cannot be hashed: \(error)")
        }
    }

    private static func random(_ count: Int) -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    private static func unpadded(_ data: Data) -> String { data.base64EncodedString().replacing("=", with: "") }

    private static func data(_ text: Substring) -> Data? {
        Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4))
    }
}
