/// How a family says what went wrong.
public struct Envelope: Sendable {
    /// Names its schema in the API's description, such as `DashboardError`.
    public var name: String
    public var contentType: String
    /// A JSON Schema of the body.
    public var schema: JSONNode
    public var body: @Sendable (Failure) -> String

    public init(
        _ name: String,
        contentType: String = "application/json",
        schema: JSONNode,
        body: @escaping @Sendable (Failure) -> String
    ) {
        self.name = name
        self.contentType = contentType
        self.schema = schema
        self.body = body
    }
}
