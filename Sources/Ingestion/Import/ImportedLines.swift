/// Some lines of an import: what can be stored, and what is wrong with the others.
public struct ImportedLines: Sendable {
    /// A line that is not stored.
    public struct Rejection: Equatable, Sendable {
        /// From 1 on.
        public var line: Int
        /// A sentence without a stop.
        public var reason: String

        public init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }
    }

    public internal(set) var batch = IncomingBatch()
    /// Lines that are not blank.
    public internal(set) var count = 0
    /// In order of their lines.
    public internal(set) var rejections: [Rejection] = []
    /// The line of each event of ``batch``.
    var lines: [Int] = []

    /// The lines that a refusal of the whole is about.
    public func rejections(because refusal: RequestRefusal) -> [Rejection] {
        var fields: [Int: [String]] = [:]
        for (field, indexes) in refusal.invalidFields {
            for index in indexes { fields[index, default: []].append(field) }
        }
        return fields.sorted { $0.key < $1.key }.map { index, fields in
            Rejection(line: lines[index], reason: Self.tooMuch(fields.sorted().joined(separator: ", ")))
        }
    }

    private static func tooMuch(_ field: String) -> String {
        "\(field) would make more properties than a person or a group may have"
    }
}
