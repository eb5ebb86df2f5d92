import FoldEngine
public import QueryModel

/// Decides which events count, and in which series. All that needs text was decided before, once per distinct value.
public struct RowSelector: Sendable {
    /// A property, and by the code of its value whether the event passes.
    public struct Test: Sendable {
        public var property: PropertyReference
        public var passes: [Bool]

        public init(property: PropertyReference, passes: [Bool]) {
            self.property = property
            self.passes = passes
        }
    }

    /// A property, and by the code of its value the series in which the event counts.
    public struct Grouping: Sendable {
        public var property: PropertyReference
        public var series: [SeriesOfValue]

        public init(property: PropertyReference, series: [SeriesOfValue]) {
            self.property = property
            self.series = series
        }
    }

    /// The series of one distinct value: none, one, or for a list one for each element.
    public enum SeriesOfValue: Sendable {
        case none
        case one(Int32)
        case several([Int32])
    }

    /// Milliseconds.
    public var times: Range<Int64>
    /// By event type; types beyond the end do not count.
    public var types: [Bool]
    public var tests: [Test]
    /// Without one, every event counts in series 0.
    public var grouping: Grouping?

    public init(times: Range<Int64>, types: [Bool], tests: [Test] = [], grouping: Grouping? = nil) {
        self.times = times
        self.types = types
        self.tests = tests
        self.grouping = grouping
    }

    func fold<Fold: PersonFold>(
        _ block: EventBlock,
        people: Range<Int>,
        into fold: inout Fold,
        scratch matches: inout Matches
    ) {
        let columns = tests.map { block.columns[$0.property] ?? [] }
        let groups = grouping.map { block.columns[$0.property] ?? [] }
        for person in people {
            if !block.hidden.isEmpty, block.hidden[person] { continue }
            matches.removeAll()
            for place in block.places(ofPerson: person) {
                let time = block.times[place]
                guard times.contains(time), accepts(type: block.types[place]) else { continue }
                guard passes(place, columns) else { continue }
                guard let grouping, let groups else {
                    matches.append(time, series: 0)
                    continue
                }
                switch grouping.series[Int(groups[place])] {
                case .none: break
                case .one(let series): matches.append(time, series: series)
                case .several(let all): for series in all { matches.append(time, series: series) }
                }
            }
            if !matches.isEmpty { fold.add(times: matches.times.span, series: matches.series.span) }
        }
    }

    private func accepts(type: Int32) -> Bool {
        Int(type) < types.count && types[Int(type)]
    }

    private func passes(_ place: Int, _ columns: [[UInt32]]) -> Bool {
        for (index, test) in tests.enumerated() where !test.passes[Int(columns[index][place])] { return false }
        return true
    }
}

/// One person's events that count; kept and emptied from person to person, so that it is allocated once.
struct Matches {
    private(set) var times: [Int64] = []
    private(set) var series: [Int32] = []

    var isEmpty: Bool { times.isEmpty }

    mutating func append(_ time: Int64, series number: Int32) {
        times.append(time)
        series.append(number)
    }

    mutating func removeAll() {
        times.removeAll(keepingCapacity: true)
        series.removeAll(keepingCapacity: true)
    }
}
