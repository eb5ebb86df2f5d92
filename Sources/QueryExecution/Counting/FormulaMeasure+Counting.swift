import FoldEngine
import Formulas

extension FormulaMeasure {
    /// Whether the active people are counted beside the event's own.
    var needsActive: Bool { quantity == .activeShare || quantity == .sumPerActivePerson }

    /// What the sums and values are of.
    var operand: Operand {
        if quantity == .revenueTotal { return .revenue }
        return quantity.needsProperty ? .property : .none
    }

    enum Operand: Hashable {
        case none
        case property
        case revenue
    }

    /// Adds what must be counted for it.
    ///
    /// - Parameter numbers: by code of the operand.
    func add(to measures: inout SegmentationFold.Measures, numbers: @autoclosure () -> [Double]) {
        let window = window.buckets
        switch quantity {
        case .uniques, .activeShare: measures.uniques.insert(window)
        case .totals: measures.totals = true
        case .average:
            measures.totals = true
            measures.uniques.insert(window)
        case .frequencyPercentile: measures.frequencies.insert(window)
        case .propertySum, .propertyAverage, .revenueTotal, .sumPerActivePerson:
            if measures.numbers == nil { measures.numbers = numbers() }
        case .propertyMaximum, .propertyMinimum, .propertyValues, .propertyPercentile: measures.values = true
        case .propertyValuesPerPerson:
            measures.pairs.insert(window)
            measures.uniques.insert(window)
        }
    }

    /// - Parameters:
    ///   - active: the active people over the same window.
    ///   - numbers: by code of the operand; not a number where it is none.
    func values(
        _ fold: SegmentationFold,
        series: Int,
        active: @autoclosure () -> TallyValues,
        numbers: @autoclosure () -> [Double]
    ) -> TallyValues {
        let window = window.buckets
        switch quantity {
        case .uniques: return fold.uniques(of: series, window)
        case .totals: return fold.totals(of: series, window)
        case .average: return fold.totals(of: series, window) / fold.uniques(of: series, window)
        case .activeShare: return fold.uniques(of: series, window) / active()
        case .frequencyPercentile(let quantile):
            return TallyValues(fold.frequencies(of: series, window)) { people in
                quantile.value(in: people.map { (Double($0.key), $0.value) }.sorted { $0.0 < $1.0 })
            }
        case .propertySum, .revenueTotal: return fold.sums(of: series, window)
        case .propertyAverage: return fold.sums(of: series, window) / fold.numberCounts(of: series, window)
        case .sumPerActivePerson: return fold.sums(of: series, window) / active()
        case .propertyValuesPerPerson: return fold.pairs(of: series, window) / fold.uniques(of: series, window)
        case .propertyValues: return TallyValues(fold.valueCounts(of: series, window)) { Double($0.count) }
        case .propertyMaximum: return numbered(fold, series, numbers()) { $0.last?.value ?? 0 }
        case .propertyMinimum: return numbered(fold, series, numbers()) { $0.first?.value ?? 0 }
        case .propertyPercentile(let quantile): return numbered(fold, series, numbers()) { quantile.value(in: $0) }
        }
    }

    /// A value of the numbers among the operand's values, ascending, with how often each occurs.
    private func numbered(
        _ fold: SegmentationFold,
        _ series: Int,
        _ numbers: [Double],
        _ value: ([(value: Double, count: Int)]) -> Double
    ) -> TallyValues {
        TallyValues(fold.valueCounts(of: series, window.buckets)) { value(numbers.histogram($0)) }
    }
}

extension FormulaMeasure {
    /// Buckets before the range that it looks at.
    var leadBuckets: Int { FormulaExpression.measure(self).leadBuckets }
}

extension FormulaWindow {
    /// The bucket as far as it is shown. `bucket` is all of a partial first one, of which averages are made.
    static let shownBucket = FormulaWindow.trailing(RollingLength(buckets: 1)!)

    /// Whether it looks at events before the range. Source: Documentation/time.md T8.
    var readsBefore: Bool {
        switch self {
        case .bucket: true
        case .cumulative: false
        case .trailing(let length), .trailingBeforeCohorts(let length): length.buckets > 1
        }
    }

    var buckets: BucketWindow {
        switch self {
        case .bucket: .bucket
        case .cumulative: .fromStart
        case .trailing(let length), .trailingBeforeCohorts(let length): .trailing(length.buckets)
        }
    }
}

extension [Double] {
    /// The numbers that codes stand for, ascending, with how often each occurs; codes that are no number are left out.
    func histogram(_ counts: [UInt32: Int]) -> [(value: Double, count: Int)] {
        counts.compactMap { code, count in
            let number = self[Int(code)]
            return number.isNaN ? nil : (number, count)
        }.sorted { $0.value < $1.value }
    }
}

extension TallyValues {
    init<Cell>(_ cells: (buckets: [Cell], collapsed: Cell), _ value: (Cell) -> Double) {
        self.init(cells.buckets.map(value), collapsed: value(cells.collapsed))
    }

    /// Bucket by bucket; by nothing, nothing. Source: Documentation/counting.md C26.
    static func / (a: TallyValues, b: TallyValues) -> TallyValues {
        func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
        return TallyValues(zip(a.buckets, b.buckets).map(quotient), collapsed: quotient(a.collapsed, b.collapsed))
    }
}
