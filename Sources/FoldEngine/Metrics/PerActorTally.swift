/// What each person has of a bucket, and then one number of all people. Source: Documentation/metrics.md V12.
public struct PerActorTally: MetricTally {
    public enum Summary: Sendable {
        case average, min, max, sum
        /// Of all values, ascending and at least one.
        case ofAll(@Sendable ([Double]) -> Double)
    }

    private let shape: MetricShape
    private let summary: Summary
    /// Whether numbers are added up; else rows are counted.
    private let addsNumbers: Bool
    /// By cell: people, their values together, the least and the greatest.
    private var people: [Int]
    private var sums: [Double]
    private var extremes: [Double]
    /// By cell, where all are looked at.
    private var all: [[Double]] = []
    private var size = 0
    private var rows: [Bool]

    // Of one person.
    private var own: [Double]
    private var touched: [Int] = []
    private var isTouched: [Bool]

    /// Values that are kept, at most.
    private static let mostValues = 16_000_000

    public init(_ shape: MetricShape, _ summary: Summary, addsNumbers: Bool) {
        self.shape = shape
        self.summary = summary
        self.addsNumbers = addsNumbers
        people = Array(repeating: 0, count: shape.cellCount)
        sums = Array(repeating: 0, count: shape.cellCount)
        extremes = []
        rows = Array(repeating: false, count: shape.series)
        own = sums
        isTouched = Array(repeating: false, count: shape.cellCount)
        switch summary {
        case .average, .sum: break
        case .min: extremes = Array(repeating: .infinity, count: shape.cellCount)
        case .max: extremes = Array(repeating: -.infinity, count: shape.cellCount)
        case .ofAll: all = Array(repeating: [], count: shape.cellCount)
        }
    }

    public var isTooLarge: Bool { size > Self.mostValues }

    public mutating func add(_ rows: borrowing MetricRows) {
        if isTooLarge { return }
        for index in rows.seconds.indices where shape.counted.contains(rows.seconds[index]) {
            let number = addsNumbers ? rows.numbers[index] : 1
            let second = rows.seconds[index]
            shape.lists.forEach(rows.series[index]) { series in
                self.rows[Int(series)] = true
                if number.isNaN { return }
                let cell = shape.cell(series, second)
                if !isTouched[cell] {
                    isTouched[cell] = true
                    touched.append(cell)
                }
                own[cell] += number
            }
        }
        for cell in touched {
            note(own[cell], in: cell)
            own[cell] = 0
            isTouched[cell] = false
        }
        touched.removeAll(keepingCapacity: true)
    }

    private mutating func note(_ value: Double, in cell: Int) {
        people[cell] += 1
        switch summary {
        case .average, .sum: sums[cell] += value
        case .min: extremes[cell] = Swift.min(extremes[cell], value)
        case .max: extremes[cell] = Swift.max(extremes[cell], value)
        case .ofAll:
            all[cell].append(value)
            size += 1
        }
    }

    public mutating func merge(_ other: PerActorTally) {
        for i in rows.indices where other.rows[i] { rows[i] = true }
        for i in people.indices { people[i] += other.people[i] }
        for i in sums.indices { sums[i] += other.sums[i] }
        for i in extremes.indices {
            if case .min = summary {
                extremes[i] = Swift.min(extremes[i], other.extremes[i])
            } else {
                extremes[i] = Swift.max(extremes[i], other.extremes[i])
            }
        }
        for i in all.indices { all[i] += other.all[i] }
        size += other.size
    }

    public func hasRows(in series: Int) -> Bool { rows[series] }

    public func values(of series: Int) -> [Double] {
        shape.cells(of: series).map { cell in
            if people[cell] == 0 { return 0 }
            return switch summary {
            case .sum: sums[cell]
            case .average: sums[cell] / Double(people[cell])
            case .min, .max: extremes[cell]
            case .ofAll(let summarize): summarize(all[cell].sorted())
            }
        }
    }
}
