import FoldEngine
import QueryModel

extension BucketTable {
    /// All buckets of an axis, those that lead in included.
    init(_ axis: TimeAxis) {
        self.init(bounds: axis.bounds, repeats: axis.repeats.map { ($0.bucket, $0.times) })
    }
}
