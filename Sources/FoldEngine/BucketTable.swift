/// Finds the bucket of a time by arithmetic and one look into a table: no search, whatever the clocks do.
///
/// Each slot of the table lies in one bucket, as all bounds are a whole number of slots apart. Buckets follow on from one
/// another, but for times that are an earlier one's once more.
public struct BucketTable: Sendable {
    /// Seconds since 1970; the first bucket's first second.
    public let base: Int64
    public let bucketCount: Int
    /// Seconds; after the last bucket's last second.
    public let end: Int64
    /// Whether some later time lies in an earlier bucket.
    public let goesBack: Bool
    /// 2⁶⁴ divided by the seconds of a slot, rounded up; 0 if they are 1.
    @usableFromInline let reciprocal: UInt64
    /// All ones if a slot is a second long, else 0.
    @usableFromInline let wholeSeconds: UInt64
    @usableFromInline let buckets: [UInt16]

    /// - Parameter bounds: seconds; bucket i is `bounds[i]..<bounds[i + 1]`. Ascending; two may be equal. At most 65,535
    ///   buckets.
    /// - Parameter repeats: times within these that belong to another bucket, whatever the bounds say.
    public init(bounds: [Int64], repeats: [(bucket: Int, times: Range<Int64>)] = []) {
        precondition(bounds.count >= 2 && bounds.count <= 65_536, "a time axis has 1 to 65,535 buckets")
        base = bounds[0]
        bucketCount = bounds.count - 1
        end = bounds[bounds.count - 1]
        goesBack = !repeats.isEmpty
        let edges = bounds + repeats.flatMap { [$0.times.lowerBound, $0.times.upperBound] }
        let slot = max(1, edges.reduce(0) { Self.greatestCommonDivisor($0, abs($1 - bounds[0])) })
        reciprocal = slot == 1 ? 0 : UInt64.max / UInt64(slot) + 1
        wholeSeconds = slot == 1 ? .max : 0
        let lengths = (0..<bucketCount).map { (bucket: $0, times: bounds[$0]..<bounds[$0 + 1]) }
        var buckets = [UInt16](repeating: 0, count: Int((end - base) / slot))
        for (bucket, times) in lengths + repeats {
            for index in Int((times.lowerBound - base) / slot)..<Int((times.upperBound - base) / slot) {
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

    /// The bucket of any time; `nil` if it lies in none.
    public func bucketIfAny(of seconds: Int64) -> Int? { base <= seconds && seconds < end ? bucket(of: seconds) : nil }

    private static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
