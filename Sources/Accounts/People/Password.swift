/// A password that somebody may take. Source: Documentation/accounts.md A1.
public struct Password: Sendable {
    public let text: String

    public static let characters = 10...200

    /// - Parameter email: whose it is to be.
    public init(_ text: String, of email: EmailAddress) throws(AccountError) {
        guard Self.characters.contains(text.count) else { throw .passwordLength }
        if text.lowercased() == email.text || Set(text).count < 4 { throw .passwordTooEasy }
        self.text = text
    }
}
