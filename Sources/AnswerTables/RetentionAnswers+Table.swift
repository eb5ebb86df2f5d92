import EventModel
import QueryModel

extension RetentionAnswer {
    /// One row a cohort and interval.
    func table(_ segments: [Segment]) -> AnswerTable {
        Self.form(of: series).table(series, segments, axis.labels, \.rows)
    }

    func wholeTable(_ segments: [Segment]) -> AnswerTable {
        Self.form(of: series).wholeTable(series, segments, \.combined)
    }

    /// Cells are the whole cohort, which each row has as `out_of`, then the intervals.
    private static func form(of series: [Series]) -> CohortRows<Series, [Cell]> {
        CohortRows(
            columns: ["interval", "count", "out_of", "incomplete"],
            isSplit: series.contains { $0.group != nil },
            label: { ($0.segment, $0.group) },
            cells: { cells in
                cells.dropFirst().enumerated().map { interval, cell in
                    [.integer(interval), .integer(cell.count), .integer(cell.outOf), .flag(cell.isIncomplete)]
                }
            }
        )
    }
}

extension LifetimeValueAnswer {
    /// One row a cohort and day.
    func table(_ segments: [Segment]) -> AnswerTable {
        Self.form(of: series).table(series, segments, axis.labels, \.cohorts)
    }

    func wholeTable(_ segments: [Segment]) -> AnswerTable {
        Self.form(of: series).wholeTable(series, segments, \.combined)
    }

    private static func form(of series: [Series]) -> CohortRows<Series, Cohort> {
        CohortRows(
            columns: ["people", "payers", "amount", "day", "value", "incomplete"],
            isSplit: series.contains { $0.group != nil },
            label: { ($0.segment, $0.group) },
            cells: { cohort in
                LifetimeValueQuery.days.enumerated().map { index, day in
                    [
                        .integer(cohort.people), .integer(cohort.payers), .number(cohort.amount), .integer(day),
                        .number(cohort.values[index]), .flag(!cohort.isComplete[index]),
                    ]
                }
            }
        )
    }
}

/// Rows of cohorts, which have some each: their date, what they are of, and cells of their own.
private struct CohortRows<Series, Cohort> {
    var columns: [String]
    /// Whether groups split the answer.
    var isSplit: Bool
    /// The segment's index and the group of a series.
    var label: (Series) -> (segment: Int, group: String?)
    /// The rows of a cohort.
    var cells: (Cohort) -> [[AnswerTable.Cell]]

    /// - Parameter cohorts: of a series, one for each of the dates.
    func table(
        _ series: [Series],
        _ segments: [Segment],
        _ dates: [String],
        _ cohorts: (Series) -> [Cohort]
    ) -> AnswerTable {
        AnswerTable(
            columns: ["date"] + ownColumns,
            rows: series.flatMap { series in
                cohorts(series).enumerated().flatMap { bucket, cohort in
                    rows(of: cohort, series, segments).map { [.text(dates[bucket])] + $0 }
                }
            }
        )
    }

    /// - Parameter combined: all cohorts of a series together.
    func wholeTable(_ series: [Series], _ segments: [Segment], _ combined: (Series) -> Cohort) -> AnswerTable {
        AnswerTable(columns: ownColumns, rows: series.flatMap { rows(of: combined($0), $0, segments) })
    }

    private var ownColumns: [String] { ["segment"] + (isSplit ? ["group"] : []) + columns }

    private func rows(of cohort: Cohort, _ series: Series, _ segments: [Segment]) -> [[AnswerTable.Cell]] {
        let (segment, group) = label(series)
        let beginning: [AnswerTable.Cell] = [.text(segments.label(of: segment))] + (isSplit ? [.optional(group)] : [])
        return cells(cohort).map { beginning + $0 }
    }
}
