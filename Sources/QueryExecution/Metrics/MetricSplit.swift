import ColumnEngine
import EventModel
import FoldEngine
import QueryModel
import Storage

/// The values that split a metric: which have a series of their own, which share one, and which count nowhere.
/// Source: Documentation/metrics.md V6.
struct MetricSplit {
    /// By number.
    let texts: [String]
    /// By code: the number of the value's only label; of a list with several, the negative of (1 + the index in `lists`).
    private let byCode: [Int32]
    private let lists: [[Int32]]

    /// Of nothing that splits: one series.
    init() {
        texts = [""]
        byCode = [0]
        lists = []
    }

    init(_ property: PropertyReference, _ data: EventData, _ names: KnownNames) {
        if case .eventType = property {
            var texts = [String](
                repeating: noValueLabel,
                count: (names.countedTypes.map { Int($0.key) }.max() ?? 0) + 1
            )
            for type in names.countedTypes { texts[Int(type.key)] = type.value.string }
            self.texts = texts
            byCode = (0..<Int32(texts.count)).map { $0 }
            lists = []
        } else {
            let labels = data.labels(of: property)
            (texts, byCode, lists) = (labels.texts, labels.byCode, labels.lists)
        }
    }

    /// By label, the series in which its rows count; -1 for none.
    struct Series {
        let byLabel: [Int32]
        let count: Int

        /// One series for each label of a range of them.
        init(each labels: Range<Int>, of count: Int) {
            byLabel = (0..<count).map { labels.contains($0) ? Int32($0 - labels.lowerBound) : -1 }
            self.count = labels.count
        }

        /// These labels in this order, and one series for `others`, if there are any.
        init(_ kept: [Int], others: [Int], of count: Int) {
            var byLabel = [Int32](repeating: -1, count: count)
            for label in others { byLabel[label] = Int32(kept.count) }
            for (series, label) in kept.enumerated() { byLabel[label] = Int32(series) }
            self.byLabel = byLabel
            self.count = kept.count + (others.isEmpty ? 0 : 1)
        }
    }

    /// By code: what stands for the series of rows with that value.
    func numbers(_ series: Series) -> (byCode: [Int32], lists: SeriesLists) {
        var known = SeriesLists()
        let numbers = byCode.map { label in
            if label >= 0 { return series.byLabel[Int(label)] }
            // Two elements may be in the same series, in which the row counts once.
            let own = Set(lists[Int(-label) - 1].map { series.byLabel[Int($0)] }).subtracting([-1]).sorted()
            return known.number(of: own)
        }
        return (numbers, known)
    }
}
