import EventModel

/// Rows under headings, in columns as wide as their longest text.
struct Table {
    private var rows: [[String]]

    init(_ headings: String...) {
        rows = [headings]
    }

    mutating func add(_ row: String...) {
        rows.append(row.map { $0.shown() })
    }

    var text: String {
        let columns = rows[0].indices
        let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = columns.map { column in
                let isLast = column == columns.last
                return row[column] + (isLast ? "" : String(repeating: " ", count: widths[column] - row[column].count))
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
