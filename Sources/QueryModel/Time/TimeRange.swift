/// All moments from `start` on, and before `end`: whole seconds since 1970. Never empty.
public struct TimeRange: Hashable, Sendable {
    public let start: Int64
    public let end: Int64

    /// `nil` if the end does not come after the beginning.
    public init?(start: Int64, end: Int64) {
        guard start < end else { return nil }
        self.start = start
        self.end = end
    }
}
