public import EventModel

/// A user key exists, and belongs to this `user_id`; the latest fact about a key holds.
public struct UserFact: Equatable, Sendable {
    public var user: UserKey
    /// `nil` while the person is anonymous.
    public var userID: String?
    /// The same in every fact about the key.
    public var amplitudeID: AmplitudeID

    /// - Parameter amplitudeID: if left out, the key's own number.
    public init(user: UserKey, userID: String?, amplitudeID: AmplitudeID? = nil) {
        self.user = user
        self.userID = userID
        self.amplitudeID = amplitudeID ?? AmplitudeID(user)
    }
}
