import AnswerTables
import QueryModel

extension LifecycleAnswer {
    /// One row a state, and one of the pulse.
    func block(_ query: LifecycleQuery) -> ChartSheet.Block {
        let states = zip(query.stateNames, people).map { name, people in
            [ChartSheet.Cell.text(name)] + people.map { .number(Double($0)) }
        }
        return ChartSheet.Block(
            titles: ["Lifecycle", query.event.label],
            header: ["State"] + axis.labels,
            rows: states + [[.text("pulse")] + pulse.map { .number($0) }]
        )
    }
}

extension StickinessAnswer {
    /// One row a number of days; by the calendar one of all.
    func block(_ query: StickinessQuery) -> ChartSheet.Block {
        switch self {
        case .days(let axis, let people, let counts):
            ChartSheet.Block(
                titles: ["Stickiness", query.event.label],
                header: ["Days"] + axis.labels,
                rows: counts.enumerated().map { days, counts in
                    [.number(Double(days + 1))] + zip(counts, people).map { .number(Self.share($0, of: $1)) }
                }
            )
        case .shares(let axis, let values):
            ChartSheet.Block(
                titles: ["Stickiness", query.event.label],
                header: ["Segment"] + axis.labels,
                rows: [[.text(query.segments.label(of: 0))] + values.map { .number($0) }]
            )
        }
    }
}

extension DataTableAnswer {
    /// One row a row, and one of everybody together at the end.
    func block(_ query: DataTableQuery) -> ChartSheet.Block {
        let properties = query.groupBys.map(\.requestName)
        let total = properties.indices.map { ChartSheet.Cell.text($0 == 0 ? "Total" : "") }
        return ChartSheet.Block(
            titles: ["Data Table", query.segments.label(of: 0)],
            header: properties + query.columnLabels,
            rows: rows.map { row in row.labels.map { .text($0) } + row.values.map { .number($0) } }
                + (properties.isEmpty ? [] : [total + self.total.map { .number($0) }])
        )
    }
}
