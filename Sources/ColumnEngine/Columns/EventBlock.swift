public import QueryModel
public import Storage

/// Events as columns, clustered by person and, within a person, ascending by time in milliseconds, ties in arrival order.
///
/// The event at place p is `seconds[p]`, `types[p]` and `columns[…]![p]`; person i has the places
/// `starts[i]..<starts[i + 1]`.
public struct EventBlock: Sendable {
    /// Ascending.
    public internal(set) var people: [Int32] = []
    /// One more than there are people.
    public internal(set) var starts: [UInt32] = [0]
    /// Unix time in whole seconds, rounded down. Times outside ``chartableSeconds`` are 0 or `UInt32.max`, which lie
    /// outside every chart: before 1970-01-01T00:00:01Z and after 2106-02-07T06:28:14Z.
    public internal(set) var seconds: [UInt32] = []
    /// Numbers of event types.
    public internal(set) var types = CodeColumn.bytes([])
    /// In order of arrival, counted in the same way in all blocks of a view; empty where nobody said it.
    public internal(set) var arrivals: [UInt32] = []
    /// Codes of property values, for the properties that the view was asked for.
    public internal(set) var columns: [PropertyReference: CodeColumn] = [:]
    /// Whole numbers as they were stored, for those that the view was asked for.
    public internal(set) var longs: [LongColumn: [Int64]] = [:]
    /// By person index: true where this person's events are in another block of the same view, or nobody may see them.
    /// Empty if all are shown.
    public internal(set) var hidden: [Bool] = []

    /// The seconds that charts may show. Those at either end stand for all times beyond.
    public static let chartableSeconds: Range<Int64> = 1..<Int64(UInt32.max)

    public init() {}

    public init(
        people: [Int32],
        starts: [UInt32],
        seconds: [UInt32],
        types: CodeColumn,
        columns: [PropertyReference: CodeColumn] = [:],
        longs: [LongColumn: [Int64]] = [:],
        hidden: [Bool] = []
    ) {
        precondition(starts.count == people.count + 1 && starts.last.map(Int.init) == seconds.count)
        precondition(types.count == seconds.count && (hidden.isEmpty || hidden.count == people.count))
        precondition(columns.values.allSatisfy { $0.count == seconds.count })
        precondition(longs.values.allSatisfy { $0.count == seconds.count })
        self.people = people
        self.starts = starts
        self.seconds = seconds
        self.types = types
        self.columns = columns
        self.longs = longs
        self.hidden = hidden
    }

    /// Number of events.
    public var count: Int { seconds.count }

    /// Whole seconds of a time in milliseconds, as ``seconds`` has them.
    static func seconds(ofMilliseconds time: Int64) -> UInt32 {
        UInt32(clamping: time >= 0 ? time / 1000 : -1)
    }

    public func places(ofPerson index: Int) -> Range<Int> {
        Int(starts[index])..<Int(starts[index + 1])
    }
}

extension Range<Int64> {
    /// Seconds as a block has them. Those that it does not tell apart from others count as its first or its last.
    public var asBlockSeconds: Range<UInt32> { UInt32(clamping: lowerBound)..<UInt32(clamping: upperBound) }
}
