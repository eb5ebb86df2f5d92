import ColumnEngine
import EventModel
import QueryModel
import Storage

extension RowSelector {
    /// Decides an event selector's types and filters, once per distinct value.
    init(_ event: EventSelector, axis: TimeAxis, view: ColumnView, names: KnownNames) {
        let wanted = names.countedTypes.filter { type in
            switch event.type {
            case .named(let name): type.value == name
            case .anyActive, .any: true
            }
        }
        var types = [Bool](repeating: false, count: Int(wanted.map(\.key).max() ?? 0) + 1)
        for type in wanted { types[Int(type.key)] = true }
        let tests = event.filters.map { filter in
            Test(
                property: filter.property,
                passes: (view.values[filter.property] ?? [.none]).map { filter.passes($0) }
            )
        }
        self.init(
            times: axis.starts[0]..<axis.starts[axis.bucketCount],
            types: types,
            tests: tests
        )
    }
}

/// The groups into which a property's values split events, numbered.
struct GroupPlan {
    let property: PropertyReference
    /// By group number.
    private(set) var labels: [String] = []
    private var groupsByCode: [[Int32]] = []

    /// - Parameter values: the property's distinct values, by code.
    init(_ property: PropertyReference, values: [DistinctValue]) {
        self.property = property
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

    /// Each group is a series of its own.
    var grouping: RowSelector.Grouping {
        grouping(Dictionary(uniqueKeysWithValues: labels.indices.map { ($0, $0) }))
    }

    /// Only these groups are series: series number by group number.
    func grouping(_ series: [Int: Int]) -> RowSelector.Grouping {
        RowSelector.Grouping(
            property: property,
            series: groupsByCode.map { groups in
                let kept = groups.compactMap { series[Int($0)].map { Int32($0) } }
                return kept.isEmpty ? .none : kept.count == 1 ? .one(kept[0]) : .several(kept)
            }
        )
    }
}
