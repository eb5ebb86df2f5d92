import QueryModel
import TestSupport

extension PlainSegmentation {
    func histogram(_ output: Output, _ streams: [[Int]: [Counted]]) -> [PlainSeries] {
        let (event, segment) = (output.event!, output.segment)
        let stream = streams[[event, segment]]!.filter { $0.operand.number != nil }
        let groups = ranked(
            groups(output, streams).map { group in
                let own = stream.filter { $0.groups.contains(group) }
                return (group, Double(own.count { $0.isInRange }), (group: group, events: own))
            }
        )
        let numbers = groups.flatMap { $0.events.filter(\.isInRange).map { $0.operand.number! } }
        guard let least = numbers.min(), let most = numbers.max() else { return [] }
        let edges = least == most ? [least, most] : (0...10).map { least + (most - least) * Double($0) / 10 }
        return groups.flatMap { group, events in
            zip(edges, edges.dropFirst()).enumerated().map { index, edge in
                let inBin = events.filter { counted in
                    let number = counted.operand.number!
                    let isLast = index == edges.count - 2
                    return number >= edge.0 && (number < edge.1 || isLast && number == edge.1)
                }
                let evaluation = Evaluation(
                    whole: self,
                    output: output,
                    streams: [[event, segment]: inBin],
                    group: group
                )
                return PlainSeries(
                    event: event,
                    segment: segment,
                    formula: nil,
                    group: group + ["bin \(index)"],
                    values: evaluation.values,
                    collapsed: evaluation.collapsed
                )
            }
        }
    }

    /// People by how many events they have: the bins are those of all numbers that any bucket, or the range, shows.
    func frequencies(_ output: Output, _ streams: [[Int]: [Counted]]) -> [PlainSeries] {
        let (event, segment) = (output.event!, output.segment)
        func eventsByPerson(_ events: [Counted]) -> [Double] {
            Dictionary(grouping: events, by: \.event.person).values.map { Double($0.count) }
        }
        func isIn(_ counted: Counted, _ bucket: Int) -> Bool {
            switch query.rolling {
            case .window(let n) where n > 1: counted.bucket <= bucket && counted.bucket > bucket - n
            case .average(let n) where n > 1: counted.bucket == bucket
            default: counted.bucket == bucket && counted.isInRange
            }
        }
        let groups = ranked(
            groups(output, streams).map { group in
                let own = streams[[event, segment]]!.filter { $0.groups.contains(group) }
                let whole = eventsByPerson(own.filter(\.isInRange))
                let buckets = axis.keys.indices.map { bucket in eventsByPerson(own.filter { isIn($0, bucket) }) }
                return (group, Double(whole.count), (group: group, whole: whole, buckets: buckets))
            }
        )
        let shown = groups.flatMap { $0.whole + $0.buckets.dropFirst(axis.lead).joined() }
        guard let least = shown.min(), let most = shown.max() else { return [] }
        let edges = least == most ? [least, most] : (0...10).map { least + (most - least) * Double($0) / 10 }
        return groups.flatMap { group, whole, buckets in
            zip(edges, edges.dropFirst()).enumerated().map { index, edge in
                func people(_ frequencies: [Double]) -> Double {
                    let isLast = index == edges.count - 2
                    return Double(
                        frequencies.count { $0 > edge.0 - 1e-9 && ($0 < edge.1 - 1e-9 || isLast && $0 <= edge.1) }
                    )
                }
                return PlainSeries(
                    event: event,
                    segment: segment,
                    formula: nil,
                    group: group + ["bin \(index)"],
                    values: (axis.lead..<axis.keys.count).map { bucket in
                        (bucket - output.average + 1...bucket).reduce(0) { $0 + people(buckets[$1]) }
                            / Double(output.average)
                    },
                    collapsed: people(whole)
                )
            }
        }
    }
}
