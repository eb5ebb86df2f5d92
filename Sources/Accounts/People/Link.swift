public import EventModel

/// What a link that is shown once opens, once. Source: Documentation/accounts.md A5.
public struct Link: Hashable, Sendable {
    public enum Purpose: Hashable, Sendable {
        /// Signs in whoever runs the server, or makes their account.
        case signIn
        /// Makes somebody a member.
        case invitation(EmailAddress, workspace: Int64, Role)
        /// Sets an account's password.
        case reset(AccountID)
    }

    /// `lnk_` and 24 digits.
    public var id: String
    public var purpose: Purpose
    public var madeAt: Timestamp
    public var endsAt: Timestamp

    /// An hour, but a week for who is invited and a day for who lost a password.
    static func lasts(_ purpose: Purpose) -> Int64 {
        switch purpose {
        case .signIn: 3_600_000
        case .invitation: 7 * 24 * 3_600_000
        case .reset: 24 * 3_600_000
        }
    }
}
