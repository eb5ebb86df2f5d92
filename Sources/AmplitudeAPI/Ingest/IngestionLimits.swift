/// The most that a request may bring. Source: Documentation/http.md H15.
public struct IngestionLimits: Sendable {
    /// Bytes of a body, as sent and decompressed.
    public var bytes: Int
    public var events: Int

    public init(bytes: Int, events: Int) {
        self.bytes = bytes
        self.events = events
    }

    /// Under a megabyte, fewer than 2,000 events.
    public static let httpV2 = IngestionLimits(bytes: (1 << 20) - 1, events: 1_999)
    /// At most 20 megabytes and 2,000 events.
    public static let batch = IngestionLimits(bytes: 20 << 20, events: 2_000)
    /// A megabyte, 1,024 identifies.
    public static let identify = IngestionLimits(bytes: 1 << 20, events: 1_024)
}
