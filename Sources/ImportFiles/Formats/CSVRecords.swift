/// Cuts CSV (RFC 4180) into records, piece by piece: a record in quotes may go over several lines.
struct CSVRecords {
    struct Record {
        /// The line on which it ends.
        var line: Int
        var cells: [String]
    }

    private let delimiter: UInt8
    private var cells: [String] = []
    private var cell: [UInt8] = []
    private var isQuoted = false
    /// The last byte was a quotation mark inside of quotes, which either ends them or stands for itself.
    private var isAtQuote = false
    private var size = 0

    /// A record that is longer is none: a quotation mark was not closed.
    private static let longest = 8 << 20

    init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    /// Whether a record has begun, and not ended.
    var isInside: Bool { isQuoted || isAtQuote || !cell.isEmpty || !cells.isEmpty }

    /// - Parameters:
    ///   - bytes: whole lines.
    ///   - line: the number of the first.
    /// - Throws: at a record without an end.
    mutating func read(_ bytes: [UInt8], line: Int) throws(FormatProblem) -> [Record] {
        var records: [Record] = []
        var line = line
        for byte in bytes {
            size += 1
            if size > Self.longest { throw FormatProblem("a quotation mark is not closed") }
            if isAtQuote {
                isAtQuote = false
                if byte == UInt8(ascii: "\"") {
                    cell.append(byte)
                    continue
                }
                isQuoted = false
            }
            if isQuoted {
                if byte == UInt8(ascii: "\"") { isAtQuote = true } else { cell.append(byte) }
                if byte == UInt8(ascii: "\n") { line += 1 }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where cell.isEmpty: isQuoted = true
            case delimiter: endCell()
            case UInt8(ascii: "\n"):
                if cell.last == UInt8(ascii: "\r") { cell.removeLast() }
                endCell()
                // An empty line is no record.
                if cells != [""] { records.append(Record(line: line, cells: cells)) }
                cells = []
                size = 0
                line += 1
            default: cell.append(byte)
            }
        }
        return records
    }

    private mutating func endCell() {
        cells.append(String(decoding: cell, as: UTF8.self))
        cell.removeAll(keepingCapacity: true)
    }
}
