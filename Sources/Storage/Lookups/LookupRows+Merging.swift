extension LookupRows {
    /// The CSV of this table with another one's rows: those of a key that is here are changed in the columns that the other
    /// one has, all others come behind. Columns that are not here come behind, too, empty where nothing is said of them.
    public func merged(with other: LookupRows) -> [UInt8] {
        let added = other.headers.filter { header in !headers.contains { $0.utf8.elementsEqual(header.utf8) } }
        let all = headers + added
        // By column of the result: that of the other one.
        let columns = all.map { header in other.headers.firstIndex { $0.utf8.elementsEqual(header.utf8) } }
        var csv = Self.line(all)
        csv.reserveCapacity(size + other.size)
        var isTaken = [Bool](repeating: false, count: other.count)
        for row in 0..<count {
            let changes = other.row(of: text(row, key))
            if let changes { isTaken[changes] = true }
            csv += Self.line(
                all.indices.map { column in
                    if let changes, let its = columns[column] { return other.text(changes, its) }
                    return column < headers.count ? text(row, column) : ""
                }
            )
        }
        for row in 0..<other.count where !isTaken[row] {
            csv += Self.line(columns.map { $0.map { other.text(row, $0) } ?? "" })
        }
        return csv
    }

    private static func line(_ cells: [String]) -> [UInt8] {
        var line: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            let isPlain = !cell.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
            if isPlain {
                line += cell.utf8
            } else {
                line.append(UInt8(ascii: "\""))
                for byte in cell.utf8 {
                    if byte == UInt8(ascii: "\"") { line.append(byte) }
                    line.append(byte)
                }
                line.append(UInt8(ascii: "\""))
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }
}
