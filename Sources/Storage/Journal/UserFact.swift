public import EventModel

/// A user key exists, and belongs to this `user_id`; the latest fact about a key holds.
public struct UserFact: Equatable, Sendable {
    public var user: UserKey
    /// `nil` while the person is anonymous.
    public var userID: String?

    public init(user: UserKey, userID: String?) {
        self.user = user
        self.userID = userID
    }
}
