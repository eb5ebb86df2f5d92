import ColumnEngine
import EventModel
import FoldEngine
import QueryModel

/// The groups into which the values of one or two properties split events, numbered.
struct GroupPlan: Sendable {
    let properties: [PropertyReference]
    private let parts: [GroupLabels]
    /// Groups that there could be; 1 if nothing splits.
    let count: Int
    /// By group: the series in which it counts; -1 if in none.
    private(set) var series: [Int32]
    /// By series: its group.
    private(set) var groups: [Int]

    /// More groups than these are refused: one could neither read nor hold them.
    private static let mostGroups = 1 << 21

    init(_ properties: [PropertyReference], _ data: EventData) throws(QueryError) {
        self.properties = properties
        parts = properties.map { GroupLabels(data.values[$0] ?? [.none]) }
        var count = 1
        for part in parts { count = count.multipliedReportingOverflow(by: part.labels.count).partialValue }
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
    func labels(of group: Int) -> [String] {
        switch parts.count {
        case 0: []
        case 1: [parts[0].labels[group]]
        default: [parts[0].labels[group / parts[1].labels.count], parts[1].labels[group % parts[1].labels.count]]
        }
    }

    /// The group with these labels, one for each property; `nil` if there is none.
    func group(labelled labels: [ExactText]) -> Int? {
        var group = 0
        for (part, label) in zip(parts, labels) {
            guard let number = part.labels.firstIndex(where: { ExactText($0) == label }) else { return nil }
            group = group * part.labels.count + number
        }
        return group
    }

    /// By code of the first property's value.
    fileprivate func seriesByCode() -> (numbers: [Int32], lists: SeriesLists) {
        var lists = SeriesLists()
        let numbers = parts[0].groupsByCode.map { groups in
            lists.number(of: groups.map { series[Int($0)] }.filter { $0 >= 0 })
        }
        return (numbers, lists)
    }

    /// For each property, by code of its value: how far it moves the group's number. Of lists, the negative of (1 + the
    /// index in ``lists``).
    var steps: [[Int32]] {
        parts.indices.map { index in
            let width = index == 0 && parts.count == 2 ? parts[1].labels.count : 1
            var lists: Int32 = 0
            return parts[index].groupsByCode.map { groups in
                if groups.count == 1 { return groups[0] * Int32(width) }
                lists += 1
                return -lists
            }
        }
    }

    /// For each property, the steps of the elements of each list.
    var lists: [[[Int32]]] {
        parts.indices.map { index in
            let width = index == 0 && parts.count == 2 ? parts[1].labels.count : 1
            return parts[index].groupsByCode.filter { $0.count != 1 }.map { $0.map { $0 * Int32(width) } }
        }
    }
}

extension GroupPlan {
    /// The number of the series with this label, which is one of an answer; the only one where nothing splits.
    func series(labelled label: String?) -> Int {
        guard let label else { return 0 }
        guard let group = group(labelled: [ExactText(label)]), series[group] >= 0 else {
            preconditionFailure("an answer's labels are those of its groups")
        }
        return Int(series[group])
    }
}

/// The labels of one property's values.
private struct GroupLabels: Sendable {
    private(set) var labels: [String] = []
    /// By code of the value: the labels that it has, at least one.
    private(set) var groupsByCode: [[Int32]] = []

    init(_ values: [DistinctValue]) {
        var numbers: [ExactText: Int32] = [:]
        for value in values {
            var groups: [Int32] = []
            for label in value.labels.isEmpty ? [noValueLabel] : value.labels {
                let key = ExactText(label)
                let number = numbers[key] ?? Int32(labels.count)
                if numbers[key] == nil {
                    numbers[key] = number
                    labels.append(label)
                }
                // An element that a list has twice still puts the event into its group once.
                if !groups.contains(number) { groups.append(number) }
            }
            groupsByCode.append(groups)
        }
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
