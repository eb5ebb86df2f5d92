import Compression
import DuckDB
import EventModel
import Storage

/// Writes the property sets of batches: small ones as they are, and those that are told by others after putting them
/// together. Long ones go to ``LongText``.
struct PropertySetAppend: ~Copyable {
    private let connection: Connection
    private let appender: Appender
    private var long: LongTextWriter
    private let patcher = ZstdPatcher()
    private var texts: PropertyTexts
    private var ids: [Int32] = []
    /// `nil` for a long one.
    private var short: [String?] = []
    private var bytes = 0

    private static let rowsPerPiece = 2_048
    private static let bytesPerPiece = 4 << 20

    init(_ connection: Connection, _ texts: PropertyTexts) throws(DatabaseError) {
        let appender = try Appender(connection, table: "property_sets")
        let long = try LongTextWriter(connection)
        self.connection = connection
        self.texts = texts
        self.appender = appender
        self.long = long
    }

    /// In order of their numbers, in which the store is read, too.
    mutating func append(_ batch: JournalBatch) throws(DatabaseError) {
        var patches = batch.propertyPatches[...]
        for set in batch.propertySets {
            while let patch = patches.first, patch.set.number < set.key.number { try append(patches.removeFirst()) }
            try append(set.key.number, set.value)
        }
        for patch in patches { try append(patch) }
    }

    private mutating func append(_ patch: PropertySetPatch) throws(DatabaseError) {
        let base = try text(of: patch.base)
        do {
            try append(patch.set.number, patch.text(base: base, by: patcher))
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw DatabaseError(
                .sql,
                "property set \(patch.set.number) cannot be told by \(patch.base.number): \(error)"
            )
        }
    }

    private mutating func append(_ id: Int32, _ text: String) throws(DatabaseError) {
        texts.keep(text, of: id)
        ids.append(id)
        let size = text.utf8.count
        if size > LongText.part {
            short.append(nil)
            try long.append(.userProperties, Int64(id), 0..<size, of: text.utf8Span.span)
        } else {
            short.append(text)
            bytes += size
        }
        if ids.count >= Self.rowsPerPiece || bytes >= Self.bytesPerPiece { try write() }
    }

    /// That of a set which was told before, in one of these batches or earlier.
    private mutating func text(of set: PropertySetID) throws(DatabaseError) -> String {
        if set == .empty { return "" }
        if let text = texts.text(of: set.number) { return text }
        // What these batches told is to be found, too.
        try write()
        try appender.flush()
        try long.flush()
        let known: String? = try connection.scalar("SELECT properties FROM property_sets WHERE id = \(set.number)")
        let text: String
        if let known {
            text = known
        } else {
            let reader = LongTextReader(connection, .userProperties, [Int64(set.number)])
            text = String(decoding: try reader.text(of: Int64(set.number)) ?? [], as: UTF8.self)
        }
        texts.keep(text, of: set.number)
        return text
    }

    private mutating func write() throws(DatabaseError) {
        if ids.isEmpty { return }
        var batch = appender.batch(rows: ids.count)
        try batch.set(0, ids)
        try batch.set(1, short)
        try batch.set(2, short.map { $0 == nil })
        try appender.append(batch)
        ids.removeAll(keepingCapacity: true)
        short.removeAll(keepingCapacity: true)
        bytes = 0
    }

    /// - Returns: the texts by which sets of the next batches may be told.
    consuming func finish() throws(DatabaseError) -> PropertyTexts {
        try write()
        let texts = texts
        try appender.finish()
        try long.finish()
        return texts
    }
}
