/// Adds up the operand of events, per series and bucket, and counts those that have one.
struct SumTally: Sendable {
    private let shape: TallyShape
    /// By code of the operand's value; not a number where it is none.
    private let numbers: [Double]
    /// Index: series × buckets + bucket.
    private var cells: [Sum]
    private var collapsed: [Sum]

    /// A sum and what rounding has cost it so far (Neumaier): however the people are shared out, the result is the same
    /// up to the last digit.
    private struct Sum: Sendable {
        var value = 0.0
        var lost = 0.0
        var count = 0

        mutating func add(_ number: Double) {
            let sum = value + number
            lost += abs(value) >= abs(number) ? (value - sum) + number : (number - sum) + value
            value = sum
        }

        mutating func add(_ other: Sum) {
            add(other.value)
            lost += other.lost
            count += other.count
        }

        var total: Double { value + lost }
    }

    init(_ shape: TallyShape, numbers: [Double]) {
        self.shape = shape
        self.numbers = numbers
        cells = Array(repeating: Sum(), count: shape.cells)
        collapsed = Array(repeating: Sum(), count: shape.series)
    }

    mutating func add(_ buckets: Span<Int32>, _ series: Span<Int32>, _ codes: Span<UInt32>, shownFrom: Int) {
        for i in buckets.indices {
            let number = numbers[Int(codes[i])]
            if number.isNaN { continue }
            let cell = Int(series[i]) * shape.buckets + Int(buckets[i])
            cells[cell].add(number)
            cells[cell].count += 1
            if i >= shownFrom {
                collapsed[Int(series[i])].add(number)
                collapsed[Int(series[i])].count += 1
            }
        }
    }

    mutating func merge(_ other: SumTally) {
        for i in cells.indices { cells[i].add(other.cells[i]) }
        for i in collapsed.indices { collapsed[i].add(other.collapsed[i]) }
    }

    func collapsedSum(of series: Int) -> Double { collapsed[series].total }

    func collapsedCount(of series: Int) -> Double { Double(collapsed[series].count) }

    /// Sums.
    func sums(of series: Int, _ window: BucketWindow) -> TallyValues {
        TallyValues(
            (0..<shape.buckets).map { bucket in
                var sum = Sum()
                for b in shape.buckets(of: window, at: bucket) { sum.add(cells[series * shape.buckets + b]) }
                return sum.total
            },
            collapsed: collapsed[series].total
        )
    }

    /// How many events have a number.
    func counts(of series: Int, _ window: BucketWindow) -> TallyValues {
        TallyValues(
            shape.windowSums(window) { Double(cells[series * shape.buckets + $0].count) },
            collapsed: Double(collapsed[series].count)
        )
    }
}
