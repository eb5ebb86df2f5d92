extension StringProtocol {
    /// As it may be shown on a terminal or in a log: what is not printable is written as JSON writes it, `\u001b` for an
    /// escape character, so that nobody's text moves a cursor, breaks a line or hides what follows.
    ///
    /// - Parameter lines: whether line ends and tabs stay, as they lay out a longer text. A carriage return stays only
    ///   before a line feed: alone it would write over its line.
    public func shown(lines: Bool = false) -> String {
        let scalars = Array(unicodeScalars)
        var text = ""
        for (place, scalar) in scalars.enumerated() {
            if scalar.isPrintable || lines && scalars.laysOut(at: place) {
                text.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return text
    }
}

extension [Unicode.Scalar] {
    /// Whether the character there is a tab or belongs to a line's end.
    fileprivate func laysOut(at place: Int) -> Bool {
        switch self[place] {
        case "\t", "\n": true
        case "\r": place + 1 < count && self[place + 1] == "\n"
        default: false
        }
    }
}
