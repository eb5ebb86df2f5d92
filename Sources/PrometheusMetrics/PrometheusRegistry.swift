public import CoreMetrics
import Synchronization

/// Keeps what the process measures, and shows it in Prometheus' text format (version 0.0.4).
///
/// A backend of swift-metrics: whatever the server or a library it uses measures ends up here. Counters become counters,
/// whose names end in `_total`; meters and recorders become gauges (of the latest value); timers become histograms, in
/// seconds; aggregating recorders become summaries of count and sum.
public final class PrometheusRegistry: MetricsFactory {
    private let metrics = Mutex<[Series: Metric]>([:])
    private let descriptions: [String: String]
    /// Beyond this many series, further ones are measured but not shown: labels may come from outside.
    private let mostSeries: Int

    /// - Parameter descriptions: what a family of figures tells, by its name as it is shown.
    public init(descriptions: [String: String] = [:], mostSeries: Int = 5_000) {
        self.descriptions = descriptions
        self.mostSeries = mostSeries
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
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
        metric(label + "_seconds", dimensions, .histogram)
    }

    // What was measured is shown until the end, whether or not somebody still measures it.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// Shows no more what was measured under a label of that value. Whoever still measures it measures for nobody.
    public func forget(_ label: String, _ value: String) {
        metrics.withLock { metrics in metrics = metrics.filter { !$0.key.has(label, value) } }
    }

    /// All series, sorted, each family under its description and type.
    ///
    /// - Parameter figures: what was looked up just now, beside what was measured. A name is in one of both.
    public func text(with figures: [Figure] = []) -> String {
        var families: [String: (kind: MetricKind, lines: [(labels: String, text: String)])] = [:]
        for (series, metric) in metrics.withLock({ $0 }) {
            families[series.name, default: (metric.kind, [])].lines.append((series.labels, metric.lines(series)))
        }
        for figure in figures {
            let series = Series(figure.name, figure.labels)
            let kind: MetricKind = figure.isCounter ? .counter : .gauge
            let line = "\(series.text(suffix: "")) \(figure.value)\n"
            families[series.name, default: (kind, [])].lines.append((series.labels, line))
        }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(Series.escaped(descriptions[name] ?? "Not described.", quotes: false))\n"
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for line in family.lines.sorted(by: { $0.labels < $1.labels }) { text += line.text }
        }
        return text
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> Metric {
        metric(label.hasSuffix("_total") ? label : label + "_total", dimensions, .counter)
    }

    private func metric(_ label: String, _ dimensions: [(String, String)], _ kind: MetricKind) -> Metric {
        let series = Series(label, dimensions)
        return metrics.withLock { metrics in
            if let known = metrics[series], known.kind == kind { return known }
            let metric = Metric(kind)
            if metrics.count < mostSeries, metrics[series] == nil { metrics[series] = metric }
            return metric
        }
    }
}

/// A number that is looked up when somebody asks, such as how much of the disk is free.
public struct Figure: Sendable {
    /// As Prometheus wants it: with its unit at the end, a counter's with `_total` after that.
    public var name: String
    public var labels: [(String, String)]
    public var value: Double
    /// Whether it only grows while the process lives.
    public var isCounter: Bool

    public init(_ name: String, _ value: Double, labels: [(String, String)] = [], isCounter: Bool = false) {
        self.name = name
        self.labels = labels
        self.value = value
        self.isCounter = isCounter
    }
}
