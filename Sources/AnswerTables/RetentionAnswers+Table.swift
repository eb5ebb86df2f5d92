import EventModel
import QueryModel

extension RetentionAnswer {
    /// One row a cohort and interval.
    func table(_ segments: [Segment]) -> AnswerTable {
        let isSplit = series.contains { $0.group != nil }
        return AnswerTable(
            columns: Self.columns(isSplit, dated: true),
            rows: series.flatMap { series in
                series.rows.enumerated().flatMap { bucket, row in
                    Self.rows(row, date: axis.labels[bucket], segments.label(of: series.segment), series, isSplit)
                }
            }
        )
    }

    func wholeTable(_ segments: [Segment]) -> AnswerTable {
        let isSplit = series.contains { $0.group != nil }
        return AnswerTable(
            columns: Self.columns(isSplit, dated: false),
            rows: series.flatMap { series in
                Self.rows(series.combined, date: nil, segments.label(of: series.segment), series, isSplit)
            }
        )
    }

    private static func columns(_ isSplit: Bool, dated: Bool) -> [String] {
        (dated ? ["date"] : []) + ["segment"] + (isSplit ? ["group"] : [])
            + ["interval", "count", "out_of", "incomplete"]
    }

    /// - Parameter cells: the whole cohort, which each row has as `out_of`, then the intervals.
    private static func rows(
        _ cells: [Cell],
        date: String?,
        _ segment: String,
        _ series: Series,
        _ isSplit: Bool
    ) -> [[AnswerTable.Cell]] {
        cells.dropFirst().enumerated().map { interval, cell in
            var row: [AnswerTable.Cell] = date.map { [.text($0)] } ?? []
            row.append(.text(segment))
            if isSplit { row.append(.optional(series.group)) }
            return row + [.integer(interval), .integer(cell.count), .integer(cell.outOf), .flag(cell.isIncomplete)]
        }
    }
}

extension LifetimeValueAnswer {
    /// One row a cohort and day.
    func table(_ segments: [Segment]) -> AnswerTable {
        let isSplit = series.contains { $0.group != nil }
        return AnswerTable(
            columns: Self.columns(isSplit, dated: true),
            rows: series.flatMap { series in
                series.cohorts.enumerated().flatMap { bucket, cohort in
                    Self.rows(cohort, date: axis.labels[bucket], segments.label(of: series.segment), series, isSplit)
                }
            }
        )
    }

    func wholeTable(_ segments: [Segment]) -> AnswerTable {
        let isSplit = series.contains { $0.group != nil }
        return AnswerTable(
            columns: Self.columns(isSplit, dated: false),
            rows: series.flatMap { series in
                Self.rows(series.combined, date: nil, segments.label(of: series.segment), series, isSplit)
            }
        )
    }

    private static func columns(_ isSplit: Bool, dated: Bool) -> [String] {
        (dated ? ["date"] : []) + ["segment"] + (isSplit ? ["group"] : [])
            + ["people", "payers", "amount", "day", "value", "incomplete"]
    }

    private static func rows(
        _ cohort: Cohort,
        date: String?,
        _ segment: String,
        _ series: Series,
        _ isSplit: Bool
    ) -> [[AnswerTable.Cell]] {
        LifetimeValueQuery.days.enumerated().map { index, day in
            var row: [AnswerTable.Cell] = date.map { [.text($0)] } ?? []
            row.append(.text(segment))
            if isSplit { row.append(.optional(series.group)) }
            row += [.integer(cohort.people), .integer(cohort.payers), .number(cohort.amount), .integer(day)]
            return row + [.number(cohort.values[index]), .flag(!cohort.isComplete[index])]
        }
    }
}
