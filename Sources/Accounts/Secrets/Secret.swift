import Crypto
import Foundation

/// A text that nobody guesses, and what is kept of it: its SHA-256. That is enough for what has 128 bits of chance; what
/// people think up takes a ``PasswordHash``.
public struct Secret: Sendable {
    /// Shown once, to whoever it is for.
    public let text: String

    /// - Parameter prefix: by which people and programs that look for leaked secrets know what it is.
    init(prefix: String = "", bits: Int = 128) {
        var generator = SystemRandomNumberGenerator()
        text = prefix + (0..<bits / 8).map { _ in Self.digits(UInt8.random(in: 0...255, using: &generator)) }.joined()
    }

    /// Where a link with it leads, behind the server's address: the page reads it there, and no request has it.
    public var path: String { "/sign-in#\(text)" }

    var digest: Data { Self.digest(of: text) }

    static func digest(of text: String) -> Data { Data(SHA256.hash(data: Data(text.utf8))) }

    private static func digits(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
