import DuckDB
import Storage

extension DuckDBEventStore {
    /// Lends what reads some long texts beside something else.
    ///
    /// - Parameter ids: whose texts are long, ascending.
    func withLongTexts(
        _ kind: LongText.Kind,
        _ ids: [Int64],
        _ body: (LongTextReader) throws(EventStoreError) -> Void
    ) throws(EventStoreError) {
        try withReader { connection throws(EventStoreError) in try body(LongTextReader(connection, kind, ids)) }
    }

    /// Long texts by id.
    func longTexts(_ kind: LongText.Kind, _ ids: [Int64]) throws(EventStoreError) -> [Int64: String] {
        if ids.isEmpty { return [:] }
        let sorted = Set(ids).sorted()
        var texts: [Int64: String] = [:]
        try withLongTexts(kind, sorted) { reader throws(EventStoreError) in
            for id in sorted {
                do throws(DatabaseError) {
                    texts[id] = try reader.text(of: id).map { String(decoding: $0, as: UTF8.self) }
                } catch {
                    throw noted(error)
                }
            }
        }
        return texts
    }

    /// How many bytes long texts have, at most. Reads none of them.
    func longSizes(_ kind: LongText.Kind, _ ids: [Int64]) throws(EventStoreError) -> [Int64: Int] {
        if ids.isEmpty { return [:] }
        var sizes: [Int64: Int] = [:]
        try read(
            """
            SELECT id, count(*) FROM long_texts WHERE kind = \(kind.rawValue) AND id IN (\(Self.list(ids))) GROUP BY id
            """
        ) { chunk in
            chunk.withColumn(0, as: Int64.self) { ids in
                chunk.withColumn(1, as: Int64.self) { parts in
                    for i in ids.indices { sizes[ids[i]] = Int(parts[i]) * LongText.part }
                }
            }
        }
        return sizes
    }

    /// A column of 64-bit numbers.
    func numbers(_ sql: String, _ parameters: [Parameter] = []) throws(EventStoreError) -> [Int64] {
        var numbers: [Int64] = []
        try read(sql, parameters) { chunk in
            chunk.withColumn(0, as: Int64.self) { column in
                for i in column.indices { numbers.append(column[i]) }
            }
        }
        return numbers
    }
}
