import AnswerTables
import EventModel
import QueryModel

extension Answer {
    /// The blocks of its sheet. Source: Documentation/asking.md Q10.
    ///
    /// - Parameter property: of a composition, as it was written; in our words if left out.
    func blocks(of question: Question, property: String?) -> [ChartSheet.Block] {
        let blocks =
            switch (self, question) {
            case (.segmentation(let answer), .segmentation(let query)): answer.blocks(query)
            case (.users(let answer), .users(let query)):
                [
                    answer.block(
                        query.frame,
                        titles: query.metric == .active
                            ? ["Active Users", "Any Active Event"] : ["New Users", "New User"]
                    )
                ]
            case (.revenue(let answer), .revenue(let query)):
                [answer.block(query.frame, titles: [query.metric.title, "revenue_amount"])]
            case (.funnel(let answer), .funnel(let query)): answer.blocks(query)
            case (.retention(let answer), .retention(let query)): [answer.block(query)]
            case (.lifetimeValue(let answer), .lifetimeValue(let query)):
                [answer.block(query)]
            case (.sessions(let answer), .sessions(let query)): [answer.block(query)]
            case (.composition(let answer), .composition(let query)):
                [
                    answer.block(
                        property ?? query.groupBys.map(\.requestName).joined(separator: "; "),
                        query.segments
                    )
                ]
            case (.lifecycle(let answer), .lifecycle(let query)): [answer.block(query)]
            case (.stickiness(let answer), .stickiness(let query)): [answer.block(query)]
            case (.dataTable(let answer), .dataTable(let query)): [answer.block(query)]
            default: preconditionFailure("the answer to another question")
            }
        return blocks.map { block in
            var block = block
            block.rows = Array(block.rows.prefix(question.mostSheetRows))
            return block
        }
    }
}

extension SegmentationAnswer {
    /// A block for each event or formula.
    fileprivate func blocks(_ query: SegmentationQuery) -> [ChartSheet.Block] {
        // In the order of the answer.
        var labels: [String] = []
        for series in series {
            let label = query.label(of: series)
            if !labels.contains(label) { labels.append(label) }
        }
        return labels.map { label in
            let series = series.filter { query.label(of: $0) == label }
            let event = series[0].event ?? 0
            var properties = (query.splitting(event) + query.groupBys).map(\.requestName)
            if query.metric.isHistogram { properties.append("Bin") }
            return block(series, query.segments, properties, titles: [query.metric.title, label])
        }
    }

    fileprivate func block(_ frame: ChartFrame, titles: [String]) -> ChartSheet.Block {
        block(series, frame.segments, frame.groupBys.map(\.requestName), titles: titles)
    }

    /// One row a segment and group, one column a bucket.
    private func block(
        _ series: [Series],
        _ segments: [Segment],
        _ properties: [String],
        titles: [String]
    ) -> ChartSheet.Block {
        ChartSheet.Block(
            titles: titles,
            header: ["Segment"] + properties + axis.labels,
            rows: series.map { series in
                let groups = properties.indices.map { index in
                    series.group.indices.contains(index) ? ChartSheet.Cell.text(series.group[index]) : .nothing
                }
                return [.text(segments.label(of: series.segment))] + groups + series.values.map { .number($0) }
            }
        )
    }
}

extension SegmentationQuery.Metric {
    fileprivate var title: String {
        switch self {
        case .uniques: "Uniques"
        case .totals: "Event Totals"
        case .shareOfActive: "Active %"
        case .average: "Average"
        case .histogram, .frequencyHistogram: "Frequency"
        case .sum: "Sum of Property Value"
        case .valueAverage: "Average of Property Value"
        case .formulas: "Formula"
        }
    }
}

extension RevenueQuery.Metric {
    fileprivate var title: String {
        switch self {
        case .total: "Total Revenue"
        case .paying: "Paying Users"
        case .perActivePerson: "ARPU"
        case .perPayingPerson: "ARPPU"
        }
    }
}

extension SessionAnswer {
    fileprivate func block(_ query: SessionQuery) -> ChartSheet.Block {
        let everybody = ChartSheet.Cell.text("All Users")
        switch self {
        case .counts(let counts):
            return ChartSheet.Block(
                titles: ["Session Length Distribution", "Sessions"],
                header: ["Segment"] + query.binLabels,
                rows: [[everybody] + counts.map { .number(Double($0)) }]
            )
        case .days(let axis, let values, _):
            return ChartSheet.Block(
                titles: [query.measure == .perPerson ? "Sessions per User" : "Average Session Length", "Sessions"],
                header: ["Segment"] + axis.labels,
                rows: [[everybody] + values.map { .number($0) }]
            )
        }
    }
}

extension CompositionAnswer {
    /// One row a value.
    fileprivate func block(_ property: String, _ segments: [Segment]) -> ChartSheet.Block {
        ChartSheet.Block(
            titles: ["Composition", segments.label(of: 0)],
            header: [property, "Users"],
            rows: values.map { [.text($0.group.joined(separator: "; ")), .number(Double($0.people))] }
        )
    }
}

extension FunnelAnswer {
    /// All together, then bucket by bucket: one row a segment and group.
    fileprivate func blocks(_ query: FunnelQuery) -> [ChartSheet.Block] {
        let isSplit = series.contains { $0.group != nil }
        let header = ["Segment"] + (isSplit ? ["Group"] : [])
        let steps = query.steps.enumerated().map { "\($0.offset + 1). \($0.element.label)" }
        func start(_ series: Series) -> [ChartSheet.Cell] {
            [.text(query.segments.label(of: series.segment))] + (isSplit ? [.text(series.group ?? "")] : [])
        }
        let whole = ChartSheet.Block(
            titles: ["Funnel", query.order.title],
            header: header + steps,
            rows: series.map { start($0) + $0.reached.map { .number(Double($0)) } }
        )
        let byBucket = ChartSheet.Block(
            titles: ["Funnel over time"],
            header: header + ["Date"] + steps,
            rows: series.flatMap { series in
                zip(axis.labels, series.reachedByBucket).map { label, reached in
                    start(series) + [.text(label)] + reached.map { .number(Double($0)) }
                }
            }
        )
        return [whole, byBucket]
    }
}

extension FunnelQuery.StepOrder {
    fileprivate var title: String {
        switch self {
        case .ordered: "This order"
        case .unordered: "Any order"
        case .sequential: "Exact order"
        }
    }
}

extension RetentionAnswer {
    /// One row a cohort, the latest first, after that of all; one column an interval. Counts of people.
    fileprivate func block(_ query: RetentionQuery) -> ChartSheet.Block {
        let isSplit = series.contains { $0.group != nil }
        let width = series.map(\.combined.count).max() ?? 0
        return ChartSheet.Block(
            titles: ["Retention", "\(query.start.label) → \(query.return.label)"],
            header: ["Segment"] + (isSplit ? ["Group"] : []) + ["Date", "Users"]
                + (0..<max(0, width - 1)).map { query.intervalLabel($0) },
            rows: series.flatMap { series in
                let start: [ChartSheet.Cell] =
                    [.text(query.segments.label(of: series.segment))] + (isSplit ? [.text(series.group ?? "")] : [])
                func row(_ label: String, _ cells: [Cell]) -> [ChartSheet.Cell] {
                    start + [.text(label)] + cells.map { .number(Double($0.count)) }
                        + Array(repeating: .nothing, count: width - cells.count)
                }
                return [row("All", series.combined)] + zip(axis.labels, series.rows).reversed().map { row($0, $1) }
            }
        )
    }
}

extension RetentionQuery {
    fileprivate func intervalLabel(_ index: Int) -> String {
        if case .brackets(let brackets) = mode, brackets.indices.contains(index) {
            return "Day \(brackets[index].lowerBound)-\(brackets[index].upperBound - 1)"
        }
        return switch interval {
        case .week: "Week \(index)"
        case .month: "Month \(index)"
        default: "Day \(index)"
        }
    }
}

extension LifetimeValueAnswer {
    /// One row a cohort, the latest first, after that of all; one column a day.
    fileprivate func block(_ query: LifetimeValueQuery) -> ChartSheet.Block {
        let isSplit = series.contains { $0.group != nil }
        return ChartSheet.Block(
            titles: ["Lifetime Value", query.metric.title],
            header: ["Segment"] + (isSplit ? ["Group"] : []) + ["Date", "Users", "Paying Users", "Revenue"]
                + LifetimeValueQuery.days.map { "Day \($0)" },
            rows: series.flatMap { series in
                let start: [ChartSheet.Cell] =
                    [.text(query.segments.label(of: series.segment))] + (isSplit ? [.text(series.group ?? "")] : [])
                func row(_ label: String, _ cohort: Cohort) -> [ChartSheet.Cell] {
                    start + [
                        .text(label), .number(Double(cohort.people)), .number(Double(cohort.payers)),
                        .number(cohort.amount),
                    ] + zip(cohort.values, cohort.isComplete).map { $1 ? .number($0) : .nothing }
                }
                return [row("All", series.combined)] + zip(axis.labels, series.cohorts).reversed().map { row($0, $1) }
            }
        )
    }
}

extension LifetimeValueQuery.Metric {
    fileprivate var title: String {
        switch self {
        case .perPerson: "ARPU"
        case .perPayer: "ARPPU"
        case .total: "Total Revenue"
        case .payers: "Paying Users"
        }
    }
}
