import TestSupport

extension PlainSegmentation {
    func number(_ name: String, _ fraction: Double?, _ events: [Counted], active: () -> [Counted]) -> Double {
        func people(_ events: [Counted]) -> Double { Double(Set(events.map(\.event.person)).count) }
        let numbers = events.compactMap(\.operand.number)
        let operands = events.filter { !$0.operand.labels.isEmpty }
        func per(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
        func key(_ value: PlainValue) -> [String] { value.labels + [value.number == nil ? "text" : "number"] }
        switch name {
        case "UNIQUES": return people(events)
        case "TOTALS": return Double(events.count)
        case "AVG": return per(Double(events.count), people(events))
        case "ACTIVE": return per(people(events), people(active()))
        case "FREQPERCENTILE":
            return percentile(
                fraction!,
                Dictionary(grouping: events, by: \.event.person).values.map { Double($0.count) }
            )
        case "PROPSUM": return numbers.reduce(0, +)
        case "PROPAVG": return per(numbers.reduce(0, +), Double(numbers.count))
        case "PROPMAX": return numbers.max() ?? 0
        case "PROPMIN": return numbers.min() ?? 0
        case "PROPCOUNT": return Double(Set(operands.map { key($0.operand) }).count)
        case "PROPCOUNTAVG":
            let pairs = Set(operands.map { ["\($0.event.person)"] + key($0.operand) })
            return per(Double(pairs.count), people(events))
        case "PERCENTILE": return percentile(fraction!, numbers)
        case "REVENUETOTAL": return events.compactMap(\.event.revenue).reduce(0, +)
        case "ARPAU": return per(numbers.reduce(0, +), people(active()))
        default: fatalError("unknown measure \(name)")
        }
    }

    /// Type 7: the sorted list, read between its places.
    func percentile(_ fraction: Double, _ values: [Double]) -> Double {
        if values.isEmpty { return 0 }
        let sorted = values.sorted()
        let position = fraction * Double(sorted.count - 1)
        let (below, above) = (Int(position.rounded(.down)), Int(position.rounded(.up)))
        return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
    }
}
