import DuckDB
import EventModel
public import Foundation
import JSONTape

/// Exported events on their way into Parquet files, in a DuckDB of their own that is nowhere but in memory: a project's own may
/// not touch other files. Source: Documentation/data.md D8.
///
/// Calls block, and come from one thread at a time.
public final class ParquetRows {
    private let connection: Connection
    /// Bytes of the lines that are held.
    public private(set) var byteCount = 0

    /// - Parameter folder: for what is more than memory is there for.
    public init(spillingTo folder: URL) throws {
        connection = try Connection(
            Database(
                .memory,
                options: [
                    "threads": "1", "memory_limit": "512MB", "temp_directory": folder.path,
                    "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
                ]
            )
        )
        let columns = ExportColumn.all.map { "\"\($0.name)\" \($0.sqlType)" }
        try connection.execute("CREATE TABLE rows (\(columns.joined(separator: ", ")))")
    }

    /// - Parameter lines: of JSON.
    public func add(_ lines: [UInt8]) throws {
        var columns = ExportColumn.all.map(ColumnValues.init)
        var count = 0
        try ExportedLines.forEach(in: lines) { values in
            for (index, value) in values.enumerated() { columns[index].append(value) }
            count += 1
        }
        if count == 0 { return }
        let appender = try Appender(connection, table: "rows")
        var batch = appender.batch(rows: count)
        for (index, column) in columns.enumerated() { try column.fill(index, of: &batch) }
        try appender.append(batch)
        try appender.finish()
        byteCount += lines.count
    }

    /// Writes the rows to a file, and holds none any more.
    public func write(to file: URL) throws {
        try copy("rows", to: file)
        try connection.execute("TRUNCATE rows")
        byteCount = 0
    }

    /// Writes one file that has the rows of several, in their order.
    public func join(_ parts: [URL], to file: URL) throws {
        let list = parts.map { Self.quoted($0.path) }.joined(separator: ", ")
        try copy("(SELECT * FROM read_parquet([\(list)]))", to: file)
    }

    private func copy(_ source: String, to file: URL) throws {
        // Groups are small, as one event may have a megabyte.
        try connection.execute(
            "COPY \(source) TO \(Self.quoted(file.path)) (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)"
        )
    }

    private static func quoted(_ path: String) -> String { "'" + path.replacing("'", with: "''") + "'" }
}

extension ExportColumn {
    fileprivate var sqlType: String {
        switch kind {
        case .text, .json: "VARCHAR"
        case .whole: "BIGINT"
        case .number: "DOUBLE"
        case .flag: "BOOLEAN"
        case .time: "TIMESTAMP"
        }
    }
}

/// A column's values, until there are as many as a batch has.
private enum ColumnValues {
    case texts([String?])
    case wholes([Int64?])
    case numbers([Double?])
    case flags([Bool?])
    /// Microseconds.
    case times([Int64?])

    init(_ column: ExportColumn) {
        switch column.kind {
        case .text, .json: self = .texts([])
        case .whole: self = .wholes([])
        case .number: self = .numbers([])
        case .flag: self = .flags([])
        case .time: self = .times([])
        }
    }

    mutating func append(_ json: JSONValue) {
        switch self {
        case .texts(var values):
            self = .texts([])
            values.append(Self.text(json))
            self = .texts(values)
        case .wholes(var values):
            self = .wholes([])
            values.append(json.integer)
            self = .wholes(values)
        case .numbers(var values):
            self = .numbers([])
            values.append(json.double ?? json.string.flatMap(Double.init))
            self = .numbers(values)
        case .flags(var values):
            self = .flags([])
            values.append(json.bool)
            self = .flags(values)
        case .times(var values):
            self = .times([])
            values.append(json.string.flatMap(Self.microseconds))
            self = .times(values)
        }
    }

    func fill(_ column: Int, of batch: inout RowBatch) throws(DatabaseError) {
        switch self {
        case .texts(let values): try batch.set(column, values)
        case .wholes(let values), .times(let values): try batch.set(column, values)
        case .numbers(let values): try batch.set(column, values)
        case .flags(let values): try batch.set(column, values)
        }
    }

    /// A text, or the JSON of anything else.
    private static func text(_ json: JSONValue) -> String? {
        if json.isNull { return nil }
        if let text = json.string { return text }
        var writer = JSONWriter()
        writer.value(json)
        return writer.text
    }

    /// Of `2024-01-31 23:59:59.123000`, since 1970.
    private static func microseconds(_ text: String) -> Int64? {
        let numbers = text.split { !$0.isNumber }.compactMap { Int64($0) }
        guard text.utf8.count == 26, numbers.count == 7,
            let date = CalendarDate(year: Int(numbers[0]), month: Int(numbers[1]), day: Int(numbers[2]))
        else { return nil }
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]
        return seconds * 1_000_000 + numbers[6]
    }
}
