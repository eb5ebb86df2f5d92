/// An event of the query, as a formula names it: `A` is the first one (`e`), `B` the second (`e2`); `A2` is the first
/// event in the second segment. Whether the query has it is for the query to say.
public struct FormulaEvent: Hashable, Sendable {
    /// From 0 (`A`) to 25 (`Z`).
    public let index: Int
    /// From 0 (written `1`). `nil`: each segment by itself.
    public let segment: Int?

    /// - Parameter name: one letter, and perhaps a number from 1. `nil` for anything else.
    public init?(_ name: some StringProtocol) {
        guard let letter = name.utf8.first, letter < 0x80, name.first?.isLetter == true else { return nil }
        index = Int((letter & ~0x20) - UInt8(ascii: "A"))
        let digits = name.utf8.dropFirst()
        if digits.isEmpty {
            segment = nil
            return
        }
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(name.dropFirst()), number >= 1
        else { return nil }
        segment = number - 1
    }
}

extension FormulaEvent: CustomStringConvertible {
    /// As a formula writes it.
    public var description: String {
        String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index))) + (segment.map { "\($0 + 1)" } ?? "")
    }
}
