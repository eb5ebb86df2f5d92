/// How far up in a sorted list a percentile lies: 0 is the smallest value, 0.5 the median, 1 the largest.
public struct Quantile: Hashable, Sendable {
    /// 0 ... 1.
    public let fraction: Double

    public static let median = Quantile(unchecked: 0.5)

    private init(unchecked fraction: Double) {
        self.fraction = fraction
    }

    /// `nil` unless `fraction` is from 0 to 1.
    public init?(_ fraction: Double) {
        guard (0...1).contains(fraction) else { return nil }
        self.fraction = fraction
    }

    /// The percentile of values of which each occurs `count` times, by linear interpolation between neighbours (type 7
    /// of Hyndman and Fan, as in R, NumPy and spreadsheets). Source: Documentation/counting.md C25.
    ///
    /// - Parameter histogram: ascending by value; each value finite, each count 0 or more.
    /// - Returns: 0 if there are no values.
    /// - Complexity: O(distinct values).
    public func value(in histogram: [(value: Double, count: Int)]) -> Double {
        let total = histogram.reduce(0) { $0 + $1.count }
        guard total > 0 else { return 0 }
        let position = Double(total - 1) * fraction
        let below = Int(position)
        let low = Self.value(at: below, in: histogram)
        let share = position - Double(below)
        if share == 0 { return low }
        let high = Self.value(at: below + 1, in: histogram)
        return low == high ? low : low * (1 - share) + high * share
    }

    /// The value at `index` of the list that the histogram stands for.
    private static func value(at index: Int, in histogram: [(value: Double, count: Int)]) -> Double {
        var passed = 0
        for (value, count) in histogram {
            passed += count
            if index < passed { return value }
        }
        preconditionFailure("the index lies in the list")
    }
}
