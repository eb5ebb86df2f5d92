/// The rows of a lookup table, found by key.
///
/// All texts lie in one run of bytes, so a table takes little more memory than its file: four bytes a cell and eight a row
/// beside it.
public final class LookupRows: Sendable {
    public let headers: [String]
    /// The place of the key among the columns.
    public let key: Int
    /// Rows, without that of the headers.
    public let count: Int
    private let texts: [UInt8]
    /// By cell, row by row: where its text ends.
    private let ends: [UInt32]
    /// A table of rows by their key's hash, open addressing: 1 + the row; 0 where nothing is.
    private let slots: [UInt32]

    public static let mostBytes = 100_000_000
    public static let mostRows = 1_000_000
    public static let mostCells = 20_000_000
    /// Code points of a cell.
    public static let longestCell = 1_024

    /// - Parameter key: the key's column; the first one if left out.
    public init(csv: [UInt8], key: String? = nil) throws(LookupProblem) {
        guard csv.count <= Self.mostBytes else {
            throw LookupProblem(
                .fileSize,
                "The file has \(csv.count) bytes; it may have \(Self.mostBytes).",
                field: "file"
            )
        }
        var reader = LookupReader(csv)
        try reader.read()
        headers = reader.headers
        texts = reader.texts
        ends = reader.ends
        count = ends.count / headers.count
        let names = headers
        let place = key.map { key in names.firstIndex { $0.utf8.elementsEqual(key.utf8) } } ?? 0
        guard let place else {
            throw LookupProblem(
                .keyColumn,
                "key must be one of the columns, such as key=\(names[0]); there is no column \(key ?? "").",
                field: "key"
            )
        }
        self.key = place
        slots = try Self.slots(count, headers, place, texts, ends)
    }

    /// Bytes of memory, about.
    public var size: Int { texts.count + 4 * ends.count + 4 * slots.count }

    /// The row of a key, compared byte by byte.
    public func row(of key: String) -> Int? {
        let bytes = Array(key.utf8)
        var slot = Self.hash(bytes, bytes.indices) & (slots.count - 1)
        while slots[slot] != 0 {
            let row = Int(slots[slot]) - 1
            let range = Self.range(row * headers.count + self.key, ends)
            if Self.same(texts, range, bytes, bytes.indices) { return row }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// A cell's text.
    public func text(_ row: Int, _ column: Int) -> String {
        String(decoding: texts[Self.range(row * headers.count + column, ends)], as: UTF8.self)
    }

    /// What stands beside a key: `nil` without such a row, and of an empty cell.
    public func value(of key: String, _ column: Int) -> String? {
        guard let row = row(of: key) else { return nil }
        let range = Self.range(row * headers.count + column, ends)
        return range.isEmpty ? nil : String(decoding: texts[range], as: UTF8.self)
    }

    private static func range(_ cell: Int, _ ends: [UInt32]) -> Range<Int> {
        (cell == 0 ? 0 : Int(ends[cell - 1]))..<Int(ends[cell])
    }

    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var hasher = Hasher()
        for index in range { hasher.combine(bytes[index]) }
        return hasher.finalize() & .max
    }

    private static func slots(
        _ count: Int,
        _ headers: [String],
        _ key: Int,
        _ texts: [UInt8],
        _ ends: [UInt32]
    ) throws(LookupProblem) -> [UInt32] {
        var capacity = 8
        while capacity < 2 * count { capacity *= 2 }
        var slots = [UInt32](repeating: 0, count: capacity)
        for row in 0..<count {
            let range = Self.range(row * headers.count + key, ends)
            var slot = hash(texts, range) & (capacity - 1)
            while slots[slot] != 0 {
                let other = Self.range((Int(slots[slot]) - 1) * headers.count + key, ends)
                if same(texts, other, texts, range) {
                    let value = String(decoding: texts[range].prefix(100), as: UTF8.self)
                    throw LookupProblem(
                        .duplicateKey,
                        "The column \(headers[key]) has the value \"\(value)\" twice; each may be there once.",
                        field: headers[key]
                    )
                }
                slot = (slot + 1) & (capacity - 1)
            }
            slots[slot] = UInt32(row) + 1
        }
        return slots
    }

    private static func same(_ a: [UInt8], _ rangeOfA: Range<Int>, _ b: [UInt8], _ rangeOfB: Range<Int>) -> Bool {
        guard rangeOfA.count == rangeOfB.count else { return false }
        for index in 0..<rangeOfA.count where a[rangeOfA.lowerBound + index] != b[rangeOfB.lowerBound + index] {
            return false
        }
        return true
    }
}
