public import EventModel

extension JSONWriter {
    /// A table's rows: a list of objects, whose members are the columns.
    public mutating func rows(of table: AnswerTable) {
        list(table.rows) { json, row in
            json.raw("{")
            for (index, cell) in row.enumerated() {
                if index > 0 { json.raw(",") }
                json.string(table.columns[index])
                json.raw(":")
                json.cell(cell)
            }
            json.raw("}")
        }
    }

    public mutating func cell(_ cell: AnswerTable.Cell) {
        switch cell {
        case .text(let text): string(text)
        case .integer(let number): integer(number)
        case .number(let number): self.number(number)
        case .flag(let flag): bool(flag)
        case .nothing: raw("null")
        }
    }
}
