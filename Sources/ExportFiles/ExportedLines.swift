import JSONTape

/// Exported events as they come: lines of JSON.
enum ExportedLines {
    /// A line that is none.
    struct Damage: Error, CustomStringConvertible {
        var description: String
    }

    /// Lends the values of each line, in the order of ``ExportColumn/all``.
    static func forEach(in lines: [UInt8], _ body: ([JSONValue]) throws -> Void) throws {
        var start = 0
        while start < lines.count {
            let end = lines[start...].firstIndex(of: UInt8(ascii: "\n")) ?? lines.count
            try JSONDocument.withRoot(of: lines.span.extracting(start..<end)) { row in
                let values = row.members.map(\.value)
                guard values.count == ExportColumn.all.count else {
                    throw Damage(
                        description: "An event came with \(values.count) keys instead of \(ExportColumn.all.count):"
                            + " the server is of another version than this command."
                    )
                }
                try body(values)
            }
            start = end + 1
        }
    }
}
