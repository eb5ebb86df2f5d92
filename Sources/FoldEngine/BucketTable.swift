/// Finds the bucket of a time by arithmetic and one look into a table: no search, whatever the clocks do.
///
/// Each slot of the table lies in one bucket, as all bounds are a whole number of slots apart.
public struct BucketTable: Sendable {
    /// Seconds since 1970; the first bucket's first second.
    public let base: Int64
    public let bucketCount: Int
    @usableFromInline let perSecond: Double
    @usableFromInline let buckets: [UInt16]

    /// - Parameter bounds: seconds; bucket i is `bounds[i]..<bounds[i + 1]`. Ascending; two may be equal. At most 65,535
    ///   buckets.
    public init(bounds: [Int64]) {
        precondition(bounds.count >= 2 && bounds.count <= 65_536, "a time axis has 1 to 65,535 buckets")
        base = bounds[0]
        bucketCount = bounds.count - 1
        let slot = max(1, bounds.reduce(0) { Self.greatestCommonDivisor($0, $1 - bounds[0]) })
        perSecond = 1 / Double(slot)
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
        // Half a second keeps whole slots off the edge, so that rounding never falls to the wrong side.
        Int(buckets[Int((Double(seconds - base) + 0.5) * perSecond)])
    }

    private static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
