import AnswerTables
import EventModel

/// A chart as Amplitude writes it into a CSV file: lines about the chart, then blocks of rows. Every cell is quoted; texts begin
/// with a tab, numbers do not; every line ends with `\r\n`. Source: Documentation/asking.md Q10.
struct ChartSheet {
    enum Cell: Equatable {
        case text(String)
        case number(Double)
        /// A place in the row that has no value.
        case nothing
    }

    /// Rows under one header, about one thing that was measured.
    struct Block {
        /// What is measured, and of what: a line each.
        var titles: [String]
        var header: [String]
        var rows: [[Cell]]
    }

    private(set) var text = ""

    init(name: String, description: String, _ blocks: [Block]) {
        line([.text(name)])
        line([.text(description)])
        for block in blocks {
            line([])
            for title in block.titles { line([.text(title)]) }
            line([])
            line(block.header.map { .text($0) })
            for row in block.rows { line(row) }
        }
    }

    private mutating func line(_ cells: [Cell]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { text += "," }
            switch cell {
            case .text(let words): text += "\"\t\(words.doublingQuotes)\""
            case .number(let number): text += "\"\(PropertyValue.decimal(number))\""
            case .nothing: text += "\"\""
            }
        }
        text += "\r\n"
    }
}
