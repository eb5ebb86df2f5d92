import ColumnEngine
import EventModel
import FoldEngine
import QueryModel

/// What splits a funnel: no, one or two properties, each of the event that fills a step. Source: Documentation/funnels.md
/// F9, F13.
struct FunnelGroups: Sendable {
    /// Of people who did not come to the step whose event splits the funnel.
    static let didNotReach = "(did not reach)"

    /// One property.
    private struct Part: Sendable {
        let property: PropertyReference
        let step: Int
        let labels: ValueLabels
        /// By code of the property's value: a number of its lists.
        private(set) var numbers: [Int32]
        private(set) var splitting: FunnelSplitting.Part

        init(_ property: PropertyReference, step: Int, _ labels: ValueLabels) {
            self.property = property
            self.step = step
            self.labels = labels
            var lists = SeriesLists()
            numbers = labels.byCode.map { $0 >= 0 ? $0 : lists.number(of: labels.lists[Int(-$0) - 1]) }
            // Everybody comes to the first step.
            let unreached = step > 0 ? Int32(labels.texts.count) : SeriesLists.none
            let count = labels.texts.count + (step > 0 ? 1 : 0)
            splitting = FunnelSplitting.Part(step: step, count: count, unreached: unreached, lists: lists)
        }

        /// The same, but with one value, that has the number 0.
        func only(_ value: Int) -> Part {
            var part = self
            let wanted = Int32(truncatingIfNeeded: value)
            part.numbers = labels.byCode.map { code in
                (code >= 0 ? code == wanted : labels.lists[Int(-code) - 1].contains(wanted)) ? 0 : SeriesLists.none
            }
            let unreached = value == labels.texts.count ? 0 : SeriesLists.none
            part.splitting = FunnelSplitting.Part(step: step, count: 1, unreached: unreached, lists: SeriesLists())
            return part
        }

        func label(_ value: Int) -> String {
            value < labels.texts.count ? labels.texts[value] : FunnelGroups.didNotReach
        }
    }

    private var parts: [Part]
    /// One for each label or, of two properties, each pair of them.
    let seriesCount: Int

    init(_ query: FunnelQuery, _ data: EventData) throws(QueryError) {
        parts = query.splitting.map { Part($0.property, step: $0.step, data.labels(of: $0.property)) }
        var count = 1
        for part in parts { count = count.multipliedReportingOverflow(by: part.splitting.count).partialValue }
        guard count <= GroupPlan.mostGroups else { throw .tooLarge(.groups(count, most: GroupPlan.mostGroups)) }
        seriesCount = count
    }

    var isSplit: Bool { !parts.isEmpty }

    var splitting: FunnelSplitting? {
        parts.first.map { FunnelSplitting(by: $0.splitting, and: parts.dropFirst().first?.splitting) }
    }

    /// The series of people who came to none of the steps that split; `nil` if all do.
    var unreached: Int? {
        // Who comes to a step has come to those before it.
        parts.allSatisfy { $0.step > 0 } && isSplit ? seriesCount - 1 : nil
    }

    /// One for each property.
    func labels(of series: Int) -> [String] {
        switch parts.count {
        case 0: []
        case 1: [parts[0].label(series)]
        default:
            [
                parts[0].label(series / parts[1].splitting.count), parts[1].label(series % parts[1].splitting.count),
            ]
        }
    }

    /// As an answer has it; `nil` if nothing splits.
    func label(of series: Int) -> String? {
        if !isSplit { return nil }
        return series == unreached ? Self.didNotReach : labels(of: series).joined(separator: "; ")
    }

    /// Where nobody is in range, that is one group without a value. Source: Documentation/counting.md C30.
    var labelOfNobody: String { parts.map { _ in noValueLabel }.joined(separator: "; ") }

    /// The same, but for one series, that has the number 0.
    func only(_ series: Int) -> FunnelGroups {
        var groups = self
        switch parts.count {
        case 0: break
        case 1: groups.parts = [parts[0].only(series)]
        default:
            let width = parts[1].splitting.count
            groups.parts = [parts[0].only(series / width), parts[1].only(series % width)]
        }
        return groups
    }

    /// By part: the values' numbers in a block.
    func values(in block: EventBlock) -> [FunnelReader.Values] {
        parts.map { FunnelReader.Values(codes: block.columns[$0.property], numbers: $0.numbers) }
    }
}

extension FunnelQuery {
    /// The properties that split it, and the step of each: what splits the whole first, then those of steps in their order.
    var splitting: [(property: PropertyReference, step: Int)] {
        groupBys.map { ($0, 0) }
            + steps.enumerated().flatMap { step, event in event.groupBy.map { (property: $0, step: step) } }
    }
}
