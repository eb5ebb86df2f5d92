public import EventModel

/// How a person is named by whoever asks about them.
public enum PersonName: Hashable, Sendable {
    case amplitudeID(AmplitudeID)
    case userID(String)
}

/// How callers see a person.
public struct PersonNames: Equatable, Sendable {
    public var amplitudeID: AmplitudeID
    /// `nil` while the person is anonymous.
    public var userID: String?

    public init(_ amplitudeID: AmplitudeID, userID: String?) {
        self.amplitudeID = amplitudeID
        self.userID = userID
    }
}
