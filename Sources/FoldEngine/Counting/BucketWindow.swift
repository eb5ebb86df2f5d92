/// Over which buckets the value of a bucket is taken.
public enum BucketWindow: Hashable, Sendable {
    /// The last n buckets, the bucket itself included; 1 is the bucket alone.
    case trailing(Int)
    /// From the first bucket that is shown.
    case fromStart

    public static let bucket = BucketWindow.trailing(1)
}

/// The series and buckets of one count.
public struct TallyShape: Hashable, Sendable {
    public var series: Int
    public var buckets: Int
    /// Buckets before the first that is shown: only windows read them.
    public var lead: Int

    public init(series: Int, buckets: Int, lead: Int = 0) {
        self.series = series
        self.buckets = buckets
        self.lead = lead
    }

    var cells: Int { series * buckets }

    /// The buckets that a window over `bucket` reads.
    func buckets(of window: BucketWindow, at bucket: Int) -> Range<Int> {
        switch window {
        case .trailing(let count): max(0, bucket - count + 1)..<bucket + 1
        case .fromStart: bucket < lead ? 0..<0 : lead..<bucket + 1
        }
    }

    /// For each bucket, the sum over its window.
    func windowSums(_ window: BucketWindow, _ value: (Int) -> Double) -> [Double] {
        (0..<buckets).map { bucket in buckets(of: window, at: bucket).reduce(0) { $0 + value($1) } }
    }
}
