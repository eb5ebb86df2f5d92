public import EventModel

/// A property that some event or user has had.
public struct PropertyName: Hashable, Sendable {
    /// Raw value: its word on disk.
    public enum Kind: String, Sendable { case event, user }

    public var kind: Kind
    public var name: ExactText

    public init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = ExactText(name)
    }
}
