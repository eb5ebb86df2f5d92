public import EventModel

/// A large set of user properties, which is one person's own: see ``PropertySetPatch``.
public struct OwnProperties: Equatable, Sendable {
    public var set: PropertySetID
    /// A JSON object.
    public var text: String

    public init(_ set: PropertySetID, _ text: String) {
        self.set = set
        self.text = text
    }
}
