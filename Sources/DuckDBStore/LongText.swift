import DuckDB
import EventModel
import JSONTape

/// Texts that are too long for a column: DuckDB reads 2,048 values of a column at a time, and 2,048 of the largest events
/// are 2 GB. They lie in a table of their own, in parts, so that whoever reads needs memory for parts alone.
enum LongText {
    /// Whose texts: of an event's row, or of a property set.
    enum Kind: UInt8 {
        case eventProperties = 1
        case extras = 2
        case userProperties = 3
    }

    /// Which of an event's texts are long, as bits in its row.
    struct Marks: OptionSet {
        var rawValue: UInt8
        static let eventProperties = Marks(rawValue: 1)
        static let extras = Marks(rawValue: 2)
    }

    /// Bytes of a part, and of the longest text that is not cut.
    static let part = 8 << 10

    /// The value of a member of an object, as JSON text; `nil` if there is none, or null.
    static func value(of name: String, in object: [UInt8]) -> [UInt8]? {
        try? JSONDocument.withRoot(of: object) { root -> [UInt8]? in
            guard let value = root.members.first(where: { $0.key.string.utf8.elementsEqual(name.utf8) })?.value,
                !value.isNull
            else { return nil }
            var json = JSONWriter()
            json.value(value)
            return json.bytes
        }
    }

    /// Where the part that begins at `start` ends: not within a character.
    static func end(of start: Int, in text: Range<Int>, _ byte: (Int) -> UInt8) -> Int {
        var end = min(start + part, text.upperBound)
        while end < text.upperBound, byte(end) & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}

/// Writes texts in parts.
struct LongTextWriter: ~Copyable {
    private let appender: Appender
    private var kinds: [UInt8] = []
    private var ids: [Int64] = []
    private var parts: [Int32] = []
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var unflushed = 0

    /// Bytes that lie beside DuckDB's own memory, and those that it is given before it takes them into the transaction.
    private static let capacity = 4 << 20
    private static let mostUnflushed = 32 << 20

    init(_ connection: Connection) throws(DatabaseError) {
        appender = try Appender(connection, table: "long_texts")
    }

    mutating func append(
        _ kind: LongText.Kind,
        _ id: Int64,
        _ text: Range<Int>,
        of source: borrowing Span<UInt8>
    ) throws(DatabaseError) {
        var start = text.lowerBound
        var part: Int32 = 0
        repeat {
            let end = LongText.end(of: start, in: text) { source[$0] }
            kinds.append(kind.rawValue)
            ids.append(id)
            parts.append(part)
            bytes.append(copying: source.extracting(start..<end))
            ends.append(bytes.count)
            part += 1
            start = end
            if bytes.count >= Self.capacity { try write() }
        } while start < text.upperBound
    }

    /// After this the texts so far can be read on the same connection.
    mutating func flush() throws(DatabaseError) {
        try write()
        try appender.flush()
        unflushed = 0
    }

    consuming func finish() throws(DatabaseError) {
        try write()
        try appender.flush()
    }

    private mutating func write() throws(DatabaseError) {
        guard !ids.isEmpty else { return }
        var batch = appender.batch(rows: ids.count)
        try batch.set(0, kinds)
        try batch.set(1, ids)
        try batch.set(2, parts)
        try batch.set(3, utf8: bytes.span) { [ends] row in (row == 0 ? 0 : ends[row - 1])..<ends[row] }
        try appender.append(batch)
        unflushed += bytes.count
        kinds.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        if unflushed >= Self.mostUnflushed {
            try appender.flush()
            unflushed = 0
        }
    }
}

/// Reads texts from their parts, beside a column that is read in the same order.
final class LongTextReader {
    private let connection: Connection
    private let kind: LongText.Kind
    /// Ascending; those before `next` were asked for.
    private let ids: [Int64]
    private var next = 0
    private var cursor: Cursor?
    /// Of the answer at hand: what was fetched and not used yet.
    private var fetched: [(id: Int64, part: [UInt8])] = []
    private var used = 0

    /// How many ids are asked for at a time.
    private static let idsPerQuery = 256

    /// - Parameter ids: whose texts are long, ascending.
    init(_ connection: Connection, _ kind: LongText.Kind, _ ids: [Int64]) {
        self.connection = connection
        self.kind = kind
        self.ids = ids
    }

    /// The text of `id`; `nil` if it is none of the long ones. To be asked for in their order, leaving out none.
    func text(of id: Int64) throws(DatabaseError) -> [UInt8]? {
        guard next < ids.count, ids[next] == id else { return nil }
        if next % Self.idsPerQuery == 0 { try ask() }
        next += 1
        var text: [UInt8] = []
        while try fetch(), fetched[used].id == id {
            text += fetched[used].part
            used += 1
        }
        return text
    }

    private func ask() throws(DatabaseError) {
        cursor = nil
        fetched = []
        used = 0
        let asked = ids[next..<min(next + Self.idsPerQuery, ids.count)]
        guard let first = asked.first, let last = asked.last else { return }
        let list = asked.map { "\($0)" }.joined(separator: ",")
        // Parts are read in the order in which they were stored, which is that of ids and parts.
        cursor = try Cursor(
            """
            SELECT id, text FROM long_texts
            WHERE kind = \(kind.rawValue) AND id >= \(first) AND id <= \(last) AND id IN (\(list))
            """,
            on: connection
        )
    }

    /// Whether there is a part at `used`.
    private func fetch() throws(DatabaseError) -> Bool {
        if used < fetched.count { return true }
        fetched = []
        used = 0
        guard let chunk = try cursor?.next() else { return false }
        chunk.withColumn(0, as: Int64.self) { ids in
            chunk.withStrings(1) { texts in
                for row in ids.indices {
                    texts.withBytes(row) { bytes in
                        var part: [UInt8] = []
                        if let bytes { part.append(copying: bytes) }
                        fetched.append((ids[row], part))
                    }
                }
            }
        }
        return !fetched.isEmpty
    }
}

extension [UInt8] {
    fileprivate mutating func append(copying bytes: Span<UInt8>) {
        // Safe: the array copies the bytes within the call.
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
