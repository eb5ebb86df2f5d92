public import EventModel

/// A key with which a program asks in somebody's name. Source: Documentation/accounts.md A9.
public struct ProgramKey: Hashable, Sendable {
    /// `key_` and 24 digits.
    public var id: String
    public var name: String
    /// Whose it is.
    public var account: AccountID
    public var workspace: Int64
    /// The highest that it may have; never more than its account has at the time.
    public var role: Role
    /// Its last four characters, by which people know it again.
    public var hint: String
    public var madeAt: Timestamp
    /// `nil` for never.
    public var endsAt: Timestamp?

    /// What each key begins with.
    public static let prefix = "ank_"
}
