/// Why a file is no lookup table, or cannot be this one.
public struct LookupProblem: Error, Equatable, Sendable {
    /// Raw value: Amplitude's word for it.
    public enum Code: String, Sendable, CaseIterable {
        case fileCount = "LOOKUP_TABLE_INVALID_FILE_COUNT"
        case fileSize = "LOOKUP_TABLE_INVALID_FILE_SIZE"
        case fileType = "LOOKUP_TABLE_INVALID_FILE_TYPE"
        case keyColumn = "LOOKUP_TABLE_INVALID_KEY_COLUMN"
        case cell = "LOOKUP_TABLE_INVALID_VALUE_COLUMN"
        case keyProperty = "LOOKUP_TABLE_INVALID_KEY_PROPERTY"
        case rowCount = "LOOKUP_TABLE_INVALID_NUMBER_OF_ROWS"
        case duplicateKey = "LOOKUP_TABLE_KEY_COLUMN_DUPLICATE_VALUES"
        case name = "LOOKUP_TABLE_INVALID_TABLE_NAME"
        case csv = "LOOKUP_TABLE_MALFORMED_CSV"
        case input = "LOOKUP_TABLE_INVALID_INPUT"
        case exists = "LOOKUP_TABLE_ALREADY_EXISTS"
        case missing = "LOOKUP_TABLE_DOES_NOT_EXIST"
        case headers = "LOOKUP_TABLE_INVALID_COLUMN_HEADERS"
    }

    public var code: Code
    /// For people: names what is wrong, and where.
    public var sentence: String
    /// The field, or the column, that is at fault.
    public var field: String?

    public init(_ code: Code, _ sentence: String, field: String? = nil) {
        self.code = code
        self.sentence = sentence
        self.field = field
    }
}
