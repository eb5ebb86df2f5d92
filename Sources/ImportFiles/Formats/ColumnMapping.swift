/// Which field of an event a column of a CSV file is.
public struct ColumnMapping: Hashable, Sendable {
    public var column: String
    public var field: String

    /// - Parameter text: `column=field`.
    public init?(_ text: String) {
        guard let mark = text.lastIndex(of: "=") else { return nil }
        column = String(text[..<mark])
        field = String(text[text.index(after: mark)...])
        if column.isEmpty || field.isEmpty { return nil }
    }
}
