import Foundation

/// User name and password of HTTP Basic authorization (RFC 7617).
struct BasicCredentials: Equatable {
    var name: String
    var password: String

    /// - Parameter header: the value of `Authorization`. `nil` if it is missing or not well-formed Basic; an `=` before the
    ///   base64, where it means nothing, is passed over. Source: Documentation/http.md H1.
    init?(_ header: String?) {
        guard let header else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic" else { return nil }
        var sent = String(parts[1]).trimmingCharacters(in: .whitespaces)
        if sent.hasPrefix("=") { sent = sent.dropFirst().trimmingCharacters(in: .whitespaces) }
        guard let data = Data(base64Encoded: sent),
            let text = String(data: data, encoding: .utf8), let colon = text.firstIndex(of: ":")
        else { return nil }
        name = String(text[..<colon])
        password = String(text[text.index(after: colon)...])
    }
}

extension String {
    /// Equality in a time that does not tell how much of a guess was right.
    func isSameSecret(as other: String) -> Bool {
        let (a, b) = (Array(utf8), Array(other.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
