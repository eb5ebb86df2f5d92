public import Accounts
public import EventModel

/// Who sent a request, in which project, and what they may do there.
public struct Caller: Sendable {
    public enum Identity: Hashable, Sendable {
        /// Whoever has both keys of the project.
        case projectKeys
        /// Whoever has the secret key, and only reads.
        case secretKey
        /// Somebody who is signed in; ``Accounts/AccountID/localOwner`` is whoever runs the server.
        case account(AccountID)
        /// A program, in somebody's name.
        case programKey(String, of: AccountID)
    }

    public var identity: Identity
    public var role: Role
    public var project: HostedProject

    /// Names whoever it is: what they make is theirs, and the audit has it.
    public var name: String {
        switch identity {
        case .projectKeys: "keys"
        case .secretKey: "secret_key"
        case .account(let id): id.text
        case .programKey(let id, _): id
        }
    }
}

/// Somebody who is signed in, whatever the workspace.
public struct Person: Sendable {
    public var session: Session
    /// Whether the session came as a cookie.
    public var isByCookie = false

    /// `nil` for the local owner.
    public var account: Account? { session.account }
    public var id: AccountID { account?.id ?? .localOwner }
    /// Whether they may do everything in every workspace.
    public var isPlatform: Bool { account?.isPlatform ?? true }
}
