import QueryModel

/// The labels of a property's distinct values, each with a number, by which answers tell groups apart: 3, 3.0 and "3" have
/// one label. Made as values become known, so that a question about a million of them makes none.
public struct ValueLabels: Sendable {
    /// By number.
    public private(set) var texts: [String] = [noValueLabel]
    /// By code of the value: the number of its only label; of a list with several, the negative of (1 + the index in
    /// ``lists``).
    public private(set) var byCode: [Int32] = [0]
    /// Of each list, its labels' numbers, each once.
    public private(set) var lists: [[Int32]] = []
    private var numbers = ByteDictionary()

    /// Those of a property that no event has.
    public init() {
        let label = noValueLabel
        _ = numbers.number(of: label.utf8Span.span)
    }

    /// Bytes of memory beside the texts themselves, about.
    var size: Int {
        numbers.size + texts.capacity * MemoryLayout<String>.stride + byCode.capacity * 4
            + lists.reduce(0) { $0 + 48 + $1.count * 4 }
    }

    /// The number of a label; `nil` if no value has it.
    public func number(of label: String) -> Int? { numbers.known(label.utf8Span.span) }

    /// Takes in the value of the next code.
    mutating func append(_ value: DistinctValue) {
        guard value.labels.count != 1 else { return byCode.append(number(for: value.labels[0])) }
        var own: [Int32] = []
        for label in value.labels.isEmpty ? [noValueLabel] : value.labels {
            let number = number(for: label)
            // An element that a list has twice still puts the event into its group once.
            if !own.contains(number) { own.append(number) }
        }
        if own.count == 1 { return byCode.append(own[0]) }
        lists.append(own)
        byCode.append(-Int32(lists.count))
    }

    private mutating func number(for label: String) -> Int32 {
        let (number, isNew) = numbers.number(of: label.utf8Span.span)
        if isNew { texts.append(label) }
        return Int32(number)
    }
}
