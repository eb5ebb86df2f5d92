import EventModel

extension AnswerTable {
    /// As CSV (RFC 4180, UTF-8): the names of the columns, then the rows, each ended by `\r\n`. What there is not is empty.
    ///
    /// A text that a spreadsheet would take for a formula has an apostrophe in front. Source: Documentation/asking.md Q6.
    public var csv: String {
        var csv = CSVText()
        csv.line(columns.map { .text($0) })
        for row in rows { csv.line(row) }
        return csv.text
    }
}

private struct CSVText {
    private(set) var text = ""

    mutating func line(_ cells: [AnswerTable.Cell]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { text += "," }
            switch cell {
            case .text(let words): text += Self.quoted(Self.harmless(words))
            case .integer(let number): text += String(number)
            case .number(let number): text += PropertyValue.decimal(number)
            case .flag(let flag): text += flag ? "true" : "false"
            case .nothing: break
            }
        }
        text += "\r\n"
    }

    /// What spreadsheets run begins with one of these.
    private static let beginnings = Set("=+-@\t\r".utf8)

    private static func harmless(_ words: String) -> String {
        guard let first = words.utf8.first, beginnings.contains(first) else { return words }
        return "'" + words
    }

    private static func quoted(_ words: String) -> String {
        // What is empty is no value; an empty text is one.
        let mustQuote = words.isEmpty || words.utf8.contains { Set("\",\r\n".utf8).contains($0) }
        return mustQuote ? "\"\(words.doublingQuotes)\"" : words
    }
}

extension String {
    /// As a quoted cell of a CSV file has it. By bytes: a line's end of two characters is one `Character`, and a quote with an
    /// accent after it another.
    public var doublingQuotes: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for byte in utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
