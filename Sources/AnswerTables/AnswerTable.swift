/// An answer as a table: rows of one form, for programs and spreadsheets. Source: Documentation/asking.md Q5, Q6.
public struct AnswerTable: Equatable, Sendable {
    public enum Cell: Equatable, Sendable {
        case text(String)
        case integer(Int)
        case number(Double)
        case flag(Bool)
        /// There is no such value, such as the time to a first step.
        case nothing
    }

    /// Their names, in lower-case letters, digits and `_`.
    public var columns: [String]
    /// Each has a cell for each column.
    public var rows: [[Cell]]

    public init(columns: [String], rows: [[Cell]]) {
        self.columns = columns
        self.rows = rows
    }
}

extension AnswerTable.Cell {
    /// A text, or nothing.
    static func optional(_ text: String?) -> Self { text.map { .text($0) } ?? .nothing }
}

/// The columns that say what splits an answer.
struct GroupColumns {
    let names: [String]

    /// - Parameters:
    ///   - groups: those of the answer, each with a value for each property.
    ///   - isHistogram: whether the last value is the bin.
    init(_ groups: [[String]], isHistogram: Bool = false) {
        let count = groups.map(\.count).max() ?? 0
        let properties = (0..<max(0, count - (isHistogram ? 1 : 0))).map { $0 == 0 ? "group" : "group_\($0 + 1)" }
        names = properties + (isHistogram ? ["bin"] : [])
    }

    func cells(_ group: [String]) -> [AnswerTable.Cell] {
        names.indices.map { .optional(group.indices.contains($0) ? group[$0] : nil) }
    }
}
