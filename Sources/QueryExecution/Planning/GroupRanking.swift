import EventModel

extension Array {
    /// The largest first; those of the same size by label, code points ascending; `(none)` has no place of its own.
    /// Source: Documentation/counting.md C21.
    ///
    /// - Parameters:
    ///   - size: asked for once for each.
    ///   - group: the labels of the values that it is a group of.
    func largestFirst(by size: (Element) -> some Comparable, group: (Element) -> [String]) -> [Element] {
        map { (element: $0, size: size($0), group: group($0).map { ExactText($0) }) }
            .sorted { $0.size != $1.size ? $0.size > $1.size : precedes($0.group, $1.group) }
            .map(\.element)
    }
}

private func precedes(_ a: [ExactText], _ b: [ExactText]) -> Bool {
    for (a, b) in zip(a, b) where a != b { return a < b }
    return a.count < b.count
}

/// The first of many in an order, found without putting the others into one.
struct Leading<Element> {
    private let limit: Int
    private let precedes: (Element, Element) -> Bool
    private var kept: [Element] = []
    /// Whoever does not come before it is not among the first.
    private var last: Element?

    /// - Parameter precedes: no two elements are equal in this order.
    init(_ limit: Int, by precedes: @escaping (Element, Element) -> Bool) {
        self.limit = limit
        self.precedes = precedes
    }

    mutating func add(_ element: Element) {
        if let last, !precedes(element, last) { return }
        kept.append(element)
        if kept.count >= 2 * limit + 64 { cut() }
    }

    private mutating func cut() {
        kept.sort(by: precedes)
        kept.removeLast(max(0, kept.count - limit))
        if kept.count == limit { last = kept.last }
    }

    /// In order, the first one first.
    var elements: [Element] {
        var all = self
        all.cut()
        return all.kept
    }
}
