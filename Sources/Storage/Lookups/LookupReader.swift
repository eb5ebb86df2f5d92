/// Reads a lookup table's CSV (RFC 4180): commas between cells, a line a row, cells in quotation marks where they have any of
/// these. Source: Documentation/lookups.md J2.
struct LookupReader {
    private let bytes: [UInt8]
    private(set) var headers: [String] = []
    private(set) var texts: [UInt8] = []
    private(set) var ends: [UInt32] = []
    private var place: Int
    private var line = 1

    /// How a cell ended.
    private enum End { case comma, line, file }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Everything, checked against the bounds.
    mutating func read() throws(LookupProblem) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw LookupProblem(.csv, "The file must be text in UTF-8.", field: "file")
        }
        try readHeaders()
        texts.reserveCapacity(bytes.count)
        var rows = 0
        while place < bytes.count {
            guard try readRow() else { continue }
            rows += 1
            guard rows <= LookupRows.mostRows else {
                throw LookupProblem(
                    .rowCount,
                    "The file may have \(LookupRows.mostRows) rows; it has more.",
                    field: "file"
                )
            }
            guard ends.count <= LookupRows.mostCells else {
                throw LookupProblem(
                    .input,
                    "The file may have \(LookupRows.mostCells) cells, rows times columns; it has more.",
                    field: "file"
                )
            }
        }
    }

    private mutating func readHeaders() throws(LookupProblem) {
        var end = End.comma
        while end == .comma {
            texts.removeAll(keepingCapacity: true)
            end = try readCell()
            try check(texts[...], "the name of column \(headers.count + 1)")
            headers.append(String(decoding: texts, as: UTF8.self))
            guard headers.count <= Self.mostColumns else {
                throw LookupProblem(
                    .headers,
                    "There may be \(Self.mostColumns) columns; there are more.",
                    field: "file"
                )
            }
        }
        texts = []
        if headers == [""] { throw LookupProblem(.csv, "The file is empty.", field: "file") }
        if let place = headers.firstIndex(of: "") {
            throw LookupProblem(.headers, "Column \(place + 1) has no name in the first line.", field: "file")
        }
        var seen = Set<[UInt8]>()
        for header in headers where !seen.insert(Array(header.utf8)).inserted {
            throw LookupProblem(.headers, "The first line has the column \(header) twice.", field: header)
        }
        guard headers.count > 1 else {
            throw LookupProblem(.headers, "There must be a column beside \(headers[0]), with values.", field: "file")
        }
    }

    private static let mostColumns = 1_000

    /// - Returns: false at an empty line, which is no row.
    private mutating func readRow() throws(LookupProblem) -> Bool {
        let (first, start) = (ends.count, line)
        var end = End.comma
        while end == .comma {
            let begin = texts.count
            end = try readCell()
            try check(texts[begin...], "a cell on line \(start)")
            ends.append(UInt32(texts.count))
        }
        let cells = ends.count - first
        if cells == 1, ends[first] == (first == 0 ? 0 : ends[first - 1]) {
            ends.removeLast()
            return false
        }
        guard cells == headers.count else {
            throw LookupProblem(
                .csv,
                "Line \(start) has \(cells) cells where the first line has \(headers.count).",
                field: "file"
            )
        }
        return true
    }

    /// Adds the next cell's text.
    private mutating func readCell() throws(LookupProblem) -> End {
        if place < bytes.count, bytes[place] == UInt8(ascii: "\"") { return try readQuotedCell() }
        let begin = place
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") { break }
            place += 1
        }
        var end = place
        let isAtLineEnd = place == bytes.count || bytes[place] == UInt8(ascii: "\n")
        if isAtLineEnd, end > begin, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        texts.append(contentsOf: bytes[begin..<end])
        return takeEnd()
    }

    private mutating func readQuotedCell() throws(LookupProblem) -> End {
        let start = line
        place += 1
        while true {
            guard place < bytes.count else {
                throw LookupProblem(.csv, "The quotation mark on line \(start) is not closed.", field: "file")
            }
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") {
                guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { break }
                place += 1
            } else if byte == UInt8(ascii: "\n") {
                line += 1
            }
            texts.append(byte)
        }
        if place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\r"), bytes[place + 1] == UInt8(ascii: "\n") {
            place += 1
        }
        guard place == bytes.count || bytes[place] == UInt8(ascii: ",") || bytes[place] == UInt8(ascii: "\n") else {
            throw LookupProblem(
                .csv,
                "On line \(line) something stands between a closing quotation mark and the next comma.",
                field: "file"
            )
        }
        return takeEnd()
    }

    /// Takes the comma or the line break.
    private mutating func takeEnd() -> End {
        guard place < bytes.count else { return .file }
        defer { place += 1 }
        if bytes[place] == UInt8(ascii: ",") { return .comma }
        line += 1
        return .line
    }

    private func check(_ cell: ArraySlice<UInt8>, _ what: String) throws(LookupProblem) {
        // So few bytes are no more code points.
        if cell.count <= LookupRows.longestCell { return }
        guard cell.count(where: { $0 & 0xC0 != 0x80 }) <= LookupRows.longestCell else {
            throw LookupProblem(.cell, "\(what) has more than \(LookupRows.longestCell) characters.", field: "file")
        }
    }
}
