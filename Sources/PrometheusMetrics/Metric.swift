import CoreMetrics
import Synchronization

/// Raw value: its word in the text format.
enum MetricKind: String, Sendable { case counter, gauge, histogram, summary }

/// One series' value.
final class Metric: Sendable, CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    private struct Value {
        /// The sum of a counter, histogram or summary, the latest value of a gauge.
        var number = 0.0
        var count = 0
        /// Of a histogram: how many were within each bound, and not within the one before it.
        var buckets: [Int] = []
    }

    /// Upper bounds of a histogram's buckets, in seconds: from what a commit takes to what nobody waits for.
    private static let bounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    let kind: MetricKind
    private let value: Mutex<Value>

    init(_ kind: MetricKind) {
        self.kind = kind
        value = Mutex(Self.nothing(kind))
    }

    private static func nothing(_ kind: MetricKind) -> Value {
        Value(buckets: kind == .histogram ? Array(repeating: 0, count: bounds.count) : [])
    }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { value.withLock { $0.number += amount } }
    func decrement(by amount: Double) { value.withLock { $0.number -= amount } }
    func reset() { value.withLock { $0 = Self.nothing(kind) } }
    func set(_ number: Int64) { set(Double(number)) }
    func set(_ number: Double) { value.withLock { $0.number = number } }
    func record(_ number: Int64) { record(Double(number)) }

    func record(_ number: Double) {
        if kind == .gauge { return set(number) }
        value.withLock { value in
            value.number += number
            value.count += 1
            if kind == .histogram, let bucket = Self.bounds.firstIndex(where: { number <= $0 }) {
                value.buckets[bucket] += 1
            }
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func lines(_ series: Series) -> String {
        let value = value.withLock { $0 }
        guard kind == .histogram || kind == .summary else { return "\(series.text(suffix: "")) \(value.number)\n" }
        var text = ""
        if kind == .histogram {
            var count = 0
            for (bound, within) in zip(Self.bounds, value.buckets) {
                count += within
                text += "\(series.text(suffix: "_bucket", label: "le=\"\(bound)\"")) \(count)\n"
            }
            text += "\(series.text(suffix: "_bucket", label: "le=\"+Inf\"")) \(value.count)\n"
        }
        return text
            + "\(series.text(suffix: "_sum")) \(value.number)\n\(series.text(suffix: "_count")) \(value.count)\n"
    }
}
