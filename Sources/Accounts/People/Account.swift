public import EventModel

/// Names an account for programs: `usr_` and 24 digits.
public struct AccountID: Hashable, Sendable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// Whoever runs the server, without an account. Source: Documentation/accounts.md A6.
    public static let localOwner = AccountID("local")
}

/// Somebody who can sign in.
public struct Account: Hashable, Sendable {
    public var id: AccountID
    public var email: EmailAddress
    /// Whether they may do everything in every workspace.
    public var isPlatform: Bool
    public var madeAt: Timestamp
}

/// Somebody's part in a workspace.
public struct Member: Hashable, Sendable {
    public var account: Account
    public var role: Role
    public var since: Timestamp
}

/// A workspace of somebody's. It is a project; which those are that there are, others know.
public struct Membership: Hashable, Sendable {
    public var workspace: Int64
    public var role: Role
}
