public import QueryModel

/// A property whose values follow from those of another one: it has the other one's codes, and values of its own.
///
/// Each distinct value is looked up once, however many events have it.
public struct JoinedColumn: Sendable {
    let property: PropertyReference
    let base: PropertyReference
    let values: [DistinctValue]
    let labels: ValueLabels

    /// - Parameters:
    ///   - view: has the other property.
    ///   - value: the text that stands for a value's label; `nil` if none does. Of a list, each element is looked up.
    /// - Throws: `CancellationError` soon after the calling task is cancelled.
    public init(
        _ property: PropertyReference,
        from base: PropertyReference,
        in view: ColumnView,
        _ value: (String) -> String?
    ) throws {
        self.property = property
        self.base = base
        var values: [DistinctValue] = [.none]
        var labels = ValueLabels()
        let sources = view.values[base] ?? [.none]
        values.reserveCapacity(sources.count)
        for (code, source) in sources.enumerated().dropFirst() {
            if code % 4_096 == 0 { try Task.checkCancellation() }
            let joined =
                source.labels.count == 1
                ? value(source.labels[0]).map { DistinctValue(text: $0) } ?? .none
                : DistinctValue(labels: source.labels.compactMap(value))
            values.append(joined)
            labels.append(joined)
        }
        self.values = values
        self.labels = labels
    }
}

extension ColumnView {
    /// The same events, with further properties.
    public func with(_ joined: [JoinedColumn]) -> ColumnView {
        if joined.isEmpty { return self }
        var blocks = blocks
        for index in blocks.indices {
            for column in joined { blocks[index].columns[column.property] = blocks[index].columns[column.base] }
        }
        return ColumnView(
            blocks: blocks,
            values.merging(joined.map { ($0.property, $0.values) }) { $1 },
            labels.merging(joined.map { ($0.property, $0.labels) }) { $1 },
            like: self
        )
    }
}
