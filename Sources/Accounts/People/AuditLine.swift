public import EventModel

/// Who changed something, as the audit has it.
public struct Author: Hashable, Sendable {
    /// An account's id, `local`, `keys` for a project's own, `key_…` for a program's, or `command`.
    public var name: String
    /// Where they came from, if that is known.
    public var address: String?

    public init(_ name: String, from address: String? = nil) {
        self.name = name
        self.address = address
    }

    /// Whoever has the machine.
    public static let command = Author("command")
}

/// One change. Source: Documentation/accounts.md A11.
public struct AuditLine: Hashable, Sendable {
    public enum Action: String, CaseIterable, Sendable {
        case madeAccount = "account_made"
        case removedAccount = "account_removed"
        case signedIn = "signed_in"
        case signedOut = "signed_out"
        case changedPassword = "password_changed"
        case resetPassword = "password_reset"
        case madeLink = "link_made"
        case invited = "invited"
        case withdrewInvitation = "invitation_withdrawn"
        case joined = "joined"
        case changedRole = "role_changed"
        case removedMember = "member_removed"
        case left = "left"
        case madeKey = "key_made"
        case removedKey = "key_removed"
        case madeWorkspace = "workspace_made"
    }

    /// Rises by one with each.
    public var number: Int64
    public var at: Timestamp
    public var author: Author
    public var action: Action
    /// `nil` where it is of none.
    public var workspace: Int64?
    /// Whom or what it was done to: an account's, key's or link's id, or an e-mail address.
    public var subject: String
    /// Such as `viewer` for a role that was given.
    public var detail: String?
}
