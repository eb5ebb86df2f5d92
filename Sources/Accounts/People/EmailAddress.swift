import Foundation

/// An e-mail address as an account's name: in lower case, without blanks around it.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Returns: `nil` if it cannot be one. Nobody writes to it, so it need not exist.
    public init?(_ typed: String) {
        let text = typed.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
            .lowercased()
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, (3...254).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && $0.properties.generalCategory != .control })
        else { return nil }
        self.text = text
    }

    /// As it was kept.
    init(kept text: String) {
        self.text = text
    }

    public var description: String { text }
}
