public import EventModel

/// A request of which nothing was stored, kept so that it can be sent again after a fix.
public struct RejectedRequest: Equatable, Sendable {
    /// Given by the record; 0 before.
    public var id: Int64
    public var receivedAt: Timestamp
    /// The endpoint, such as `/2/httpapi`, with a query string if a form came with one beside its body.
    public var path: String
    /// What the sender was told.
    public var reason: String
    /// What exactly is to be mended, with fields and indexes of events; empty if the reason says it all.
    public var details: String
    /// How many events it had.
    public var events: Int
    /// The body's; `nil` if the sender did not say.
    public var contentType: String?
    /// Bytes of the body.
    public var size: Int
    /// The body, decompressed; empty where only an overview was asked for.
    public var body: [UInt8]

    public init(
        id: Int64 = 0,
        receivedAt: Timestamp,
        path: String,
        reason: String,
        details: String = "",
        events: Int,
        contentType: String? = nil,
        size: Int? = nil,
        body: [UInt8]
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.path = path
        self.reason = reason
        self.details = details
        self.events = events
        self.contentType = contentType
        self.size = size ?? body.count
        self.body = body
    }
}
