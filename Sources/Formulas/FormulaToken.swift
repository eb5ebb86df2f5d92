/// A word, a number or a sign of a formula's text.
struct FormulaToken: Hashable {
    enum Kind: Hashable {
        /// A letter and the letters and digits behind it: a function or an event.
        case name
        case number(Double)
        /// Any other character, known or not.
        case sign(Character)
        case end
    }

    var kind: Kind
    /// As it was written; empty at the end.
    var text: String
    /// In characters, from 1.
    var position: Int
}

extension FormulaToken {
    /// The last one is `end`.
    static func list(_ text: [Character]) -> [FormulaToken] {
        var tokens: [FormulaToken] = []
        var index = 0
        while true {
            index = text.end(from: index) { $0.isWhitespace }
            guard index < text.count else { break }
            let start = index
            let kind: Kind
            if text[index].isASCIILetter {
                index = text.end(from: index) { $0.isASCIILetter || $0.isASCIIDigit }
                kind = .name
            } else if let end = text.endOfNumber(from: index) {
                index = end
                kind = Double(String(text[start..<end])).map { .number($0) } ?? .sign(text[start])
            } else {
                index += 1
                kind = .sign(text[start])
            }
            tokens.append(FormulaToken(kind: kind, text: String(text[start..<index]), position: start + 1))
        }
        tokens.append(FormulaToken(kind: .end, text: "", position: text.count + 1))
        return tokens
    }

    /// For messages: short, however long it was.
    var description: String {
        switch kind {
        case .end: "the end"
        default: text.count > 40 ? "\"\(text.prefix(40))…\"" : "\"\(text)\""
        }
    }
}

extension [Character] {
    fileprivate func end(from start: Int, while belongs: (Character) -> Bool) -> Int {
        self[start...].firstIndex { !belongs($0) } ?? count
    }

    /// Where the number ends that begins here: `12`, `12.5`, `.5`, `1e3`, `1.5E-3`. `nil` if none does.
    fileprivate func endOfNumber(from start: Int) -> Int? {
        var end = end(from: start) { $0.isASCIIDigit }
        if end < count, self[end] == ".", hasDigit(at: end + 1) {
            end = self.end(from: end + 1) { $0.isASCIIDigit }
        }
        guard end > start else { return nil }
        if end < count, self[end] == "e" || self[end] == "E" {
            let isSigned = end + 1 < count && (self[end + 1] == "+" || self[end + 1] == "-")
            let digits = end + (isSigned ? 2 : 1)
            if hasDigit(at: digits) { end = self.end(from: digits) { $0.isASCIIDigit } }
        }
        return end
    }

    private func hasDigit(at index: Int) -> Bool { index < count && self[index].isASCIIDigit }
}

extension Character {
    fileprivate var isASCIILetter: Bool { isASCII && isLetter }
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) && isASCII }
}
