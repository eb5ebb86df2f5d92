/// How a person is named by whoever asks about them.
public enum PersonName: Hashable, Sendable {
    case amplitudeID(Int64)
    case userID(String)
}
