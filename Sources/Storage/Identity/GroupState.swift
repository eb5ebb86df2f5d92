/// The properties of a group as they are from now on.
public struct GroupState: Equatable, Sendable {
    public var type: String
    public var value: String
    /// A JSON object.
    public var properties: String

    public init(type: String, value: String, properties: String) {
        self.type = type
        self.value = value
        self.properties = properties
    }
}
