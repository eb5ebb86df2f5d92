public import CoreMetrics
import Synchronization

/// Keeps what the process measures, and shows it in Prometheus' text format (version 0.0.4).
///
/// A backend of swift-metrics: whatever the server or a library it uses measures ends up here. Counters become counters,
/// meters and recorders become gauges (of the latest value), timers and aggregating recorders become summaries of count
/// and sum; timers are in seconds.
public final class PrometheusRegistry: MetricsFactory {
    private let metrics = Mutex<[Series: Metric]>([:])
    /// Beyond this many series, further ones are measured but not shown: labels may come from outside.
    private let mostSeries: Int

    public init(mostSeries: Int = 5_000) {
        self.mostSeries = mostSeries
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        metric(label, dimensions, .counter)
    }

    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        metric(label, dimensions, .counter)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        metric(label, dimensions, .gauge)
    }

    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        metric(label, dimensions, aggregate ? .summary : .gauge)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        metric(label + "_seconds", dimensions, .summary)
    }

    // What was measured is shown until the end, whether or not somebody still measures it.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// All series, sorted, each name under a line with its type.
    public var text: String {
        let all = metrics.withLock { $0.sorted { $0.key < $1.key } }
        var text = ""
        var name = ""
        for (series, metric) in all {
            if series.name != name {
                name = series.name
                text += "# TYPE \(name) \(metric.kind.rawValue)\n"
            }
            text += metric.lines(series)
        }
        return text
    }

    private func metric(_ label: String, _ dimensions: [(String, String)], _ kind: Metric.Kind) -> Metric {
        let series = Series(label, dimensions)
        return metrics.withLock { metrics in
            if let known = metrics[series], known.kind == kind { return known }
            let metric = Metric(kind)
            if metrics.count < mostSeries, metrics[series] == nil { metrics[series] = metric }
            return metric
        }
    }
}

/// A name and its labels, as they are written.
private struct Series: Hashable, Comparable, Sendable {
    let name: String
    /// `a="b",c="d"`, or empty.
    let labels: String

    init(_ label: String, _ dimensions: [(String, String)]) {
        name = Self.identifier(label)
        labels = dimensions.map { "\(Self.identifier($0.0))=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    }

    static func < (lhs: Series, rhs: Series) -> Bool {
        (lhs.name, lhs.labels) < (rhs.name, rhs.labels)
    }

    /// What Prometheus allows in a name; everything else becomes `_`.
    private static func identifier(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

/// One series' value.
private final class Metric: Sendable, CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler,
    TimerHandler
{
    /// Raw value: its word in the text format.
    enum Kind: String, Sendable { case counter, gauge, summary }

    private struct Value {
        /// The sum of a counter or summary, the latest value of a gauge.
        var number = 0.0
        var count = 0
    }

    let kind: Kind
    private let value = Mutex(Value())

    init(_ kind: Kind) {
        self.kind = kind
    }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { value.withLock { $0.number += amount } }
    func decrement(by amount: Double) { value.withLock { $0.number -= amount } }
    func reset() { value.withLock { $0 = Value() } }
    func set(_ number: Int64) { set(Double(number)) }
    func set(_ number: Double) { value.withLock { $0.number = number } }
    func record(_ number: Int64) { record(Double(number)) }

    func record(_ number: Double) {
        if kind == .gauge { return set(number) }
        value.withLock { value in
            value.number += number
            value.count += 1
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func lines(_ series: Series) -> String {
        let value = value.withLock { $0 }
        let labels = series.labels.isEmpty ? "" : "{\(series.labels)}"
        guard kind == .summary else { return "\(series.name)\(labels) \(value.number)\n" }
        return "\(series.name)_sum\(labels) \(value.number)\n\(series.name)_count\(labels) \(value.count)\n"
    }
}
