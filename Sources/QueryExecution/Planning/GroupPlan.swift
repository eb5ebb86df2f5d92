import ColumnEngine
import EventModel
import FoldEngine
import QueryModel

/// The groups into which the values of one or two properties split events, numbered.
struct GroupPlan: Sendable {
    let properties: [PropertyReference]
    private let parts: [ValueLabels]
    /// Groups that there could be; 1 if nothing splits.
    let count: Int
    /// By group: the series in which it counts; -1 if in none.
    private(set) var series: [Int32]
    /// By series: its group.
    private(set) var groups: [Int]

    /// More groups than these are refused: one could neither read nor hold them.
    static let mostGroups = 1 << 21

    init(_ properties: [PropertyReference], _ data: EventData) throws(QueryError) {
        self.properties = properties
        parts = properties.map { data.labels(of: $0) }
        var count = 1
        for part in parts { count = count.multipliedReportingOverflow(by: part.texts.count).partialValue }
        guard count <= Self.mostGroups else {
            throw .tooLarge(.groups(count, most: Self.mostGroups))
        }
        self.count = count
        groups = Array(0..<count)
        series = groups.map { Int32($0) }
    }

    /// Whether every group is a series, of the same number.
    private(set) var isComplete = true

    /// Only these groups are series, in this order.
    mutating func keep(_ kept: [Int]) {
        isComplete = false
        groups = kept
        series = Array(repeating: -1, count: count)
        for (number, group) in kept.enumerated() { series[group] = Int32(number) }
    }

    /// One for each property.
    func labels(of group: Int) -> [String] { parts.indices.map { parts[$0].texts[number(of: group, $0)] } }

    /// Of a group's label of one property.
    private func number(of group: Int, _ part: Int) -> Int {
        if parts.count == 1 { return group }
        let width = parts[1].texts.count
        return part == 0 ? group / width : group % width
    }

    /// Whether a group stands before another one of the same size.
    func precedes(_ a: Int, _ b: Int) -> Bool {
        for part in parts.indices {
            let (numberOfA, numberOfB) = (number(of: a, part), number(of: b, part))
            if numberOfA != numberOfB {
                return ExactText(parts[part].texts[numberOfA]) < ExactText(parts[part].texts[numberOfB])
            }
        }
        return false
    }

    /// The group with these labels, one for each property; `nil` if there is none.
    func group(labelled labels: [ExactText]) -> Int? {
        var group = 0
        for (part, label) in zip(parts, labels) {
            guard let number = part.number(of: label.string) else { return nil }
            group = group * part.texts.count + number
        }
        return group
    }

    /// By code of the first property's value.
    fileprivate func seriesByCode() -> (numbers: [Int32], lists: SeriesLists) {
        var lists = SeriesLists()
        let part = parts[0]
        let numbers = part.byCode.map { label in
            label >= 0
                ? series[Int(label)]
                : lists.number(of: part.lists[Int(-label) - 1].map { series[Int($0)] }.filter { $0 >= 0 })
        }
        return (numbers, lists)
    }

    /// How far a label of a property moves the group's number.
    private func width(_ part: Int) -> Int32 { part == 0 && parts.count == 2 ? Int32(parts[1].texts.count) : 1 }

    /// For each property, by code of its value: how far it moves the group's number. Of lists, the negative of (1 + the
    /// index in ``lists``).
    var steps: [[Int32]] {
        parts.indices.map { index in
            let width = width(index)
            return parts[index].byCode.map { $0 >= 0 ? $0 * width : $0 }
        }
    }

    /// For each property, the steps of the elements of each list.
    var lists: [[[Int32]]] {
        parts.indices.map { index in
            let width = width(index)
            return parts[index].lists.map { $0.map { $0 * width } }
        }
    }
}

extension GroupPlan {
    /// The number of the series with this label, which is one of an answer; the only one where nothing splits.
    ///
    /// - Returns: `nil` for the group of nobody, where nobody is in range.
    func series(labelled label: String?) -> Int? {
        guard let label else { return 0 }
        guard let group = group(labelled: [ExactText(label)]), series[group] >= 0 else { return nil }
        return Int(series[group])
    }
}

/// Tells the series of single events, where one property splits them.
struct SeriesReader: Sendable {
    private let property: PropertyReference
    /// By code of the property's value: a number of ``lists``.
    private let numbers: [Int32]
    let lists: SeriesLists

    /// - Returns: `nil` if nothing splits.
    init?(_ groups: GroupPlan) {
        guard let property = groups.properties.first else { return nil }
        precondition(groups.properties.count == 1, "a table is split by one property")
        self.property = property
        (numbers, lists) = groups.seriesByCode()
    }

    /// Of the events of one block.
    func reader(of block: EventBlock) -> OfBlock { OfBlock(codes: block.columns[property], numbers: numbers) }

    struct OfBlock {
        fileprivate let codes: CodeColumn?
        fileprivate let numbers: [Int32]

        /// A number of the reader's lists.
        @inline(__always)
        func number(at place: Int) -> Int32 { numbers[Int(codes?[place] ?? 0)] }
    }
}
