import EventModel
public import QueryModel

extension Answering {
    /// Each column is asked as its own question, once by rows and once of everybody, so it has that question's numbers.
    /// Source: Documentation/asking.md Q14.
    public func dataTable(_ query: DataTableQuery, _ context: QueryContext) async throws(QueryError) -> DataTableAnswer
    {
        var total: [Double] = []
        var columns: [[ExactText: TableCell]] = []
        for index in query.columns.indices {
            let whole = query.question(index, isSplit: false, limit: 1)
            let cells = query.cells(index, try await answer(whole, context))
            total.append(cells.first?.value ?? 0)
            if query.groupBys.isEmpty { continue }
            let split = query.question(index, isSplit: true, limit: DataTableQuery.mostGroups)
            columns.append(
                Dictionary(
                    query.cells(index, try await answer(split, context)).map { ($0.name, $0) },
                    uniquingKeysWith: { first, _ in first }
                )
            )
        }
        if query.groupBys.isEmpty {
            return DataTableAnswer(rows: [DataTableAnswer.Row(labels: [], values: total)], total: total)
        }
        return DataTableAnswer(rows: query.rows(columns), total: total)
    }

    /// The people of whom a cell of ``dataTable(_:_:)`` is made: the series are the rows, the indexes the columns. Of parts,
    /// those above the fraction line.
    public func users(
        of cell: SeriesCell,
        in query: DataTableQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        guard let column = cell.index else { throw .noSuchCell(.index, valid: 0..<query.columns.count) }
        try QueryError.check(.index, column, of: query.columns.count)
        let rows = try await dataTable(query, context).rows
        try QueryError.check(.series, cell.series, of: rows.count)
        let isSplit = !query.groupBys.isEmpty
        let question = query.question(column, isSplit: isSplit, limit: isSplit ? DataTableQuery.mostGroups : 1)
        let cells = query.cells(column, try await answer(question, context))
        let name = ExactText(rows[cell.series].labels.joined(separator: "; "))
        guard let series = isSplit ? cells.firstIndex(where: { $0.name == name }) : 0 else { return .nobody }
        return switch (query.columns[column].measure, question) {
        case (.count, .segmentation(let query)):
            try await users(of: SeriesCell(series: series, index: nil), in: query, page, context)
        case (.conversion, .funnel(let query)):
            try await users(of: FunnelCell(series: series, step: query.steps.count - 1), in: query, page, context)
        case (.retention(_, let day), .retention(let query)):
            try await users(of: RetentionCell(series: series, row: nil, interval: day), in: query, page, context)
        default: preconditionFailure("a column asks what it measures")
        }
    }
}

/// A value of one column, of one row.
private struct TableCell {
    /// The row's labels, as funnels have them.
    var name: ExactText
    /// `nil` where the answer knows only their name.
    var labels: [String]?
    var value: Double
}

extension DataTableQuery {
    /// More rows than these no column has.
    fileprivate static let mostGroups = 1_000_000

    /// What an answer to a column's question has, in its order.
    fileprivate func cells(_ column: Int, _ answer: Answer) -> [TableCell] {
        func name(_ group: String?) -> ExactText { ExactText(group ?? "") }
        switch (columns[column].measure, answer) {
        case (.count, .segmentation(let answer)):
            return answer.series.map { series in
                TableCell(
                    name: ExactText(series.group.joined(separator: "; ")),
                    labels: series.group,
                    value: series.collapsed
                )
            }
        case (.conversion, .funnel(let answer)):
            return answer.series.map { series in
                let (first, last) = (series.reached[0], series.reached[series.reached.count - 1])
                return TableCell(
                    name: name(series.group),
                    value: first == 0 ? 0 : Double(last) / Double(first)
                )
            }
        case (.retention(_, let day), .retention(let answer)):
            return answer.series.map { series in
                // The first one is the whole cohort.
                let cell = day + 1 < series.combined.count ? series.combined[day + 1] : nil
                let share = cell.map { $0.outOf == 0 ? 0 : Double($0.count) / Double($0.outOf) }
                return TableCell(name: name(series.group), value: share ?? 0)
            }
        default: preconditionFailure("the answer to another question")
        }
    }

    /// Every row that any column has: the largest of the first column first, ties by their names.
    fileprivate func rows(_ columns: [[ExactText: TableCell]]) -> [DataTableAnswer.Row] {
        var labels: [ExactText: [String]] = [:]
        for column in columns {
            for (name, cell) in column where labels[name] == nil || labels[name]?.isEmpty == true {
                labels[name] = cell.labels ?? []
            }
        }
        let names = labels.keys.sorted { a, b in
            let (first, second) = (columns[0][a]?.value ?? 0, columns[0][b]?.value ?? 0)
            return first != second ? first > second : a < b
        }
        let rows = names.map { name in
            DataTableAnswer.Row(
                labels: labels[name].flatMap { $0.isEmpty ? nil : $0 } ?? split(name.string),
                values: columns.map { $0[name]?.value ?? 0 }
            )
        }
        // Where nobody is in range, an answer has zeros of nobody.
        return Array(rows.filter { !$0.isOfNobody }.prefix(limit))
    }

    /// The labels of a name that only funnels or retention have.
    private func split(_ name: String) -> [String] {
        guard groupBys.count == 2 else { return [name] }
        let parts = name.split(separator: "; ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return parts.count == 2 ? parts : [name, ""]
    }
}

extension DataTableAnswer.Row {
    fileprivate var isOfNobody: Bool {
        labels.allSatisfy { $0 == noValueLabel } && values.allSatisfy { $0 == 0 }
    }
}
