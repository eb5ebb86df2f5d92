/// Finds the bucket of a time by arithmetic and one look into a table: no search, whatever the clocks do.
///
/// Each slot of the table lies in one bucket, as all bounds are a whole number of slots apart.
public struct BucketTable: Sendable {
    /// Seconds since 1970; the first bucket's first second.
    public let base: Int64
    public let bucketCount: Int
    /// 2⁶⁴ divided by the seconds of a slot, rounded up; 0 if they are 1.
    @usableFromInline let reciprocal: UInt64
    /// All ones if a slot is a second long, else 0.
    @usableFromInline let wholeSeconds: UInt64
    @usableFromInline let buckets: [UInt16]

    /// - Parameter bounds: seconds; bucket i is `bounds[i]..<bounds[i + 1]`. Ascending; two may be equal. At most 65,535
    ///   buckets.
    public init(bounds: [Int64]) {
        precondition(bounds.count >= 2 && bounds.count <= 65_536, "a time axis has 1 to 65,535 buckets")
        base = bounds[0]
        bucketCount = bounds.count - 1
        let slot = max(1, bounds.reduce(0) { Self.greatestCommonDivisor($0, $1 - bounds[0]) })
        reciprocal = slot == 1 ? 0 : UInt64.max / UInt64(slot) + 1
        wholeSeconds = slot == 1 ? .max : 0
        var buckets = [UInt16](repeating: 0, count: Int((bounds[bounds.count - 1] - base) / slot))
        for bucket in 0..<bucketCount {
            for index in Int((bounds[bucket] - base) / slot)..<Int((bounds[bucket + 1] - base) / slot) {
                buckets[index] = UInt16(bucket)
            }
        }
        self.buckets = buckets
    }

    /// The bucket of a time that lies in one, in seconds.
    @inlinable
    public func bucket(of seconds: Int64) -> Int {
        let offset = UInt64(truncatingIfNeeded: seconds &- base)
        // Exact for all offsets and slots below 2³²: what rounding up adds, at most offset × slot, is less than 2⁶⁴.
        let slot = reciprocal.multipliedFullWidth(by: offset).high | (offset & wholeSeconds)
        return Int(buckets[Int(truncatingIfNeeded: slot)])
    }

    private static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
