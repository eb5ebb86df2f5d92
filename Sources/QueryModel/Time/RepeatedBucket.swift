/// When the clock shows the label of a bucket of a ``TimeAxis`` once more.
public struct RepeatedBucket: Hashable, Sendable {
    public var bucket: Int
    public var times: Range<Int64>

    public init(bucket: Int, times: Range<Int64>) {
        self.bucket = bucket
        self.times = times
    }
}
