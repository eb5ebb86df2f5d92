public import EventModel
import Foundation

/// By what a session is found: the digest of its secret.
public struct SessionID: Hashable, Sendable {
    let digest: Data
}

/// Somebody who is signed in. Source: Documentation/accounts.md A4.
public struct Session: Sendable {
    public var id: SessionID
    /// `nil` for the local owner.
    public var account: Account?
    public var endsAt: Timestamp
    /// When whoever it is signed in: refreshing does not go on for ever from there.
    public var beganAt: Timestamp

    /// How long one lasts that is not refreshed.
    static let lasts: Int64 = 24 * 3_600_000
    /// How many an account has at a time: beyond, the one that would end first is over.
    static let most = 100
    /// How long it can be refreshed.
    static let lastsInAll: Int64 = 30 * 24 * 3_600_000
}

/// One that has just been made: its secret is known this once.
public struct NewSession: Sendable {
    let secret: Secret
    public var account: Account?
    public var madeAt: Timestamp
    public var endsAt: Timestamp
}
