/// A Swift type whose bytes are those of a DuckDB column's values, so that columns are read and written without
/// conversion. The conformances below are all there can be.
public protocol FixedWidthValue: BitwiseCopyable, Sendable {
    /// What NULL rows are filled with.
    static var zero: Self { get }
    /// Whether a column of this type holds values of `Self`.
    static func isStored(in type: ColumnType) -> Bool
}

extension Bool: FixedWidthValue {
    public static var zero: Bool { false }
    public static func isStored(in type: ColumnType) -> Bool { type == .bool }
}

extension Int8: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .int8 }
}

extension Int16: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .int16 }
}

extension Int32: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .int32 || type == .date }
}

extension Int64: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool {
        switch type {
        case .int64, .time, .timestamp, .timestampWithTimeZone, .timestampSeconds, .timestampMilliseconds,
            .timestampNanoseconds:
            true
        default: false
        }
    }
}

extension Int128: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .int128 || type == .uuid }
}

extension UInt8: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .uint8 }
}

extension UInt16: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .uint16 }
}

extension UInt32: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .uint32 }
}

extension UInt64: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .uint64 }
}

extension UInt128: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .uint128 }
}

extension Float: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .float }
}

extension Double: FixedWidthValue {
    public static func isStored(in type: ColumnType) -> Bool { type == .double }
}
