import EventModel
import JSONTape

/// Exported events as CSV (RFC 4180), with `\r\n` at the ends. What is null is empty, and an empty text `""`; objects are JSON
/// text. Source: Documentation/data.md D8.
public enum CSVRows {
    /// The first line: the names of the columns.
    public static var header: [UInt8] {
        Array((ExportColumn.all.map(\.name).joined(separator: ",") + "\r\n").utf8)
    }

    /// - Parameter lines: of JSON.
    public static func rows(_ lines: [UInt8]) throws -> [UInt8] {
        var csv: [UInt8] = []
        csv.reserveCapacity(lines.count)
        var json = JSONWriter()
        try ExportedLines.forEach(in: lines) { values in
            for (index, value) in values.enumerated() {
                if index > 0 { csv.append(UInt8(ascii: ",")) }
                if value.isNull { continue }
                if let text = value.text {
                    text.withBytes { append($0, to: &csv) }
                } else {
                    json.clear()
                    json.value(value)
                    json.withBytes { append($0, to: &csv) }
                }
            }
            csv += [0x0D, 0x0A]
        }
        return csv
    }

    private static func append(_ text: Span<UInt8>, to csv: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let mustQuote =
            text.isEmpty
            || text.indices.contains { index in
                switch text[index] {
                case quote, UInt8(ascii: ","), 0x0D, 0x0A: true
                default: false
                }
            }
        if mustQuote { csv.append(quote) }
        for index in text.indices {
            if text[index] == quote { csv.append(quote) }
            csv.append(text[index])
        }
        if mustQuote { csv.append(quote) }
    }
}
