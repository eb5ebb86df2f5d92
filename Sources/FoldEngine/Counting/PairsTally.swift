/// Counts the people of each (series, value of the operand), per window: the pairs of a person and a value.
struct PairsTally: Sendable {
    private let shape: TallyShape
    private let window: BucketWindow
    /// Each pair that has occurred is a series of its own.
    private var numbers: [Pair: Int] = [:]
    private var uniques: UniquesTally
    /// By series: the numbers of its pairs.
    private var ofSeries: [Int32: [Int]] = [:]

    private struct Pair: Hashable {
        var series: Int32
        var code: UInt32
    }

    init(_ shape: TallyShape, _ window: BucketWindow) {
        self.shape = shape
        self.window = window
        uniques = UniquesTally(TallyShape(series: 0, buckets: shape.buckets, lead: shape.lead), window)
    }

    mutating func add(
        _ person: UInt32,
        _ buckets: Span<Int32>,
        _ series: Span<Int32>,
        _ codes: Span<UInt32>,
        shownFrom: Int
    ) {
        for i in buckets.indices where codes[i] != 0 {
            let number = number(of: Pair(series: series[i], code: codes[i]))
            uniques.add(person, buckets[i], number, isShown: i >= shownFrom)
        }
    }

    private mutating func number(of pair: Pair) -> Int {
        if let known = numbers[pair] { return known }
        let number = numbers.count
        numbers[pair] = number
        ofSeries[pair.series, default: []].append(number)
        // Doubling keeps the whole growth linear.
        if number & (number + 1) == 0 { uniques.grow(toSeries: 2 * (number + 1)) }
        return number
    }

    mutating func merge(_ other: PairsTally) {
        for (pair, theirs) in other.numbers {
            let own = number(of: pair)
            uniques.add(series: theirs, of: other.uniques, to: own)
        }
    }

    /// Pairs of a person and a value.
    func values(of series: Int) -> TallyValues {
        var sum = TallyValues(Array(repeating: 0, count: shape.buckets), collapsed: 0)
        for number in ofSeries[Int32(series)] ?? [] {
            let values = uniques.values(of: number)
            for i in sum.buckets.indices { sum.buckets[i] += values.buckets[i] }
            sum.collapsed += values.collapsed
        }
        return sum
    }

    var size: Int { numbers.count * (shape.buckets + 1) }
}
