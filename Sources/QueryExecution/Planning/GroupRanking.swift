import EventModel
import QueryModel

extension Array {
    /// The largest first; those of the same size by label, code points ascending, `(none)` last.
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
    let none = ExactText(noValueLabel)
    for (a, b) in zip(a, b) where a != b {
        return (a == none) != (b == none) ? b == none : a < b
    }
    return a.count < b.count
}
