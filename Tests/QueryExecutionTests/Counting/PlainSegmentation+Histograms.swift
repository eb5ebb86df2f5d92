import QueryModel
import TestSupport

extension PlainSegmentation {
    /// Half-open, but where the last one of ten holds its end.
    private typealias Bin = (from: Double, to: Double, hasEnd: Bool)

    private func bins(_ numbers: [Double]) -> [Bin] {
        guard let least = numbers.min(), let most = numbers.max() else { return [] }
        if numbers.allSatisfy({ $0.truncatingRemainder(dividingBy: 1) == 0 }) {
            var width = 1.0
            while least + 10 * width <= most { width += 1 }
            return stride(from: least, through: most, by: width).map { ($0, $0 + width, false) }
        }
        if least == most { return [(least, most, true)] }
        return (0..<10).map { bin in
            let step = (most - least) / 10
            return (least + step * Double(bin), bin == 9 ? most : least + step * Double(bin + 1), bin == 9)
        }
    }

    /// Where there is no number.
    private func emptyHistogram(_ output: Output) -> [PlainSeries] {
        [
            PlainSeries(
                event: output.event,
                segment: output.segment,
                formula: nil,
                group: nobody(output) + ["bin 0"],
                values: Array(repeating: 0, count: axis.keys.count - axis.lead),
                collapsed: 0
            )
        ]
    }

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
        let bins = bins(numbers)
        if bins.isEmpty { return emptyHistogram(output) }
        return groups.flatMap { group, events in
            bins.enumerated().map { index, bin in
                let inBin = events.filter { counted in
                    let number = counted.operand.number!
                    return number >= bin.from && (number < bin.to || bin.hasEnd && number == bin.to)
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
        let bins = bins(shown)
        if bins.isEmpty { return emptyHistogram(output) }
        return groups.flatMap { group, whole, buckets in
            bins.enumerated().map { index, bin in
                func people(_ frequencies: [Double]) -> Double {
                    Double(frequencies.count { $0 >= bin.from && $0 < bin.to })
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
