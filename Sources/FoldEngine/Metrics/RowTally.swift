/// Counts rows, and computes with their numbers. Source: Documentation/metrics.md V9, V10.
public struct RowTally: MetricTally {
    public enum Measure: Sendable {
        case rows
        case sum, average, min, max
    }

    private let shape: MetricShape
    private let measure: Measure
    /// By cell: rows or, where something is computed, those that have a number.
    private var counts: [Int]
    private var numbers: [Double]
    /// By series.
    private var rows: [Int]

    public init(_ shape: MetricShape, _ measure: Measure) {
        self.shape = shape
        self.measure = measure
        counts = Array(repeating: 0, count: shape.cellCount)
        rows = Array(repeating: 0, count: shape.series)
        numbers =
            switch measure {
            case .rows: []
            case .sum, .average: Array(repeating: 0, count: shape.cellCount)
            case .min: Array(repeating: .infinity, count: shape.cellCount)
            case .max: Array(repeating: -.infinity, count: shape.cellCount)
            }
    }

    public mutating func add(_ rows: borrowing MetricRows) {
        for index in rows.seconds.indices where shape.counted.contains(rows.seconds[index]) {
            let number = rows.numbers.isEmpty ? 0 : rows.numbers[index]
            let second = rows.seconds[index]
            shape.lists.forEach(rows.series[index]) { series in
                self.rows[Int(series)] += 1
                if number.isNaN { return }
                let cell = shape.cell(series, second)
                counts[cell] += 1
                switch measure {
                case .rows: break
                case .sum, .average: numbers[cell] += number
                case .min: numbers[cell] = Swift.min(numbers[cell], number)
                case .max: numbers[cell] = Swift.max(numbers[cell], number)
                }
            }
        }
    }

    public mutating func merge(_ other: RowTally) {
        for i in rows.indices { rows[i] += other.rows[i] }
        for i in counts.indices { counts[i] += other.counts[i] }
        for i in numbers.indices {
            switch measure {
            case .rows: break
            case .sum, .average: numbers[i] += other.numbers[i]
            case .min: numbers[i] = Swift.min(numbers[i], other.numbers[i])
            case .max: numbers[i] = Swift.max(numbers[i], other.numbers[i])
            }
        }
    }

    public func hasRows(in series: Int) -> Bool { rows[series] > 0 }

    public func values(of series: Int) -> [Double] {
        shape.cells(of: series).map { cell in
            if counts[cell] == 0 { return 0 }
            return switch measure {
            case .rows: Double(counts[cell])
            case .average: numbers[cell] / Double(counts[cell])
            case .sum, .min, .max: numbers[cell]
            }
        }
    }
}
