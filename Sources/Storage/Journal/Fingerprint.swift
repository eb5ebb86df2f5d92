/// 128 bits that stand for a (device id, insert id) pair.
public struct Fingerprint: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// How long an insert id is remembered: 7 days, in milliseconds. Source: Documentation/events-and-identity.md E18.
    public static let windowMs: Int64 = 7 * 86_400_000

    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static func < (lhs: Fingerprint, rhs: Fingerprint) -> Bool {
        lhs.high != rhs.high ? lhs.high < rhs.high : lhs.low < rhs.low
    }
}
