/// What one proxy says in `Forwarded` (RFC 7239): `for="[2001:db8::1]:4711";proto=https;by=_hidden`.
struct ForwardedElement: Equatable {
    /// Without quotes; an address, `unknown` or a made-up name.
    var sender: String?
    var scheme: String?

    init(_ text: some StringProtocol) {
        for pair in Self.split(String(text), at: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let value = Self.unquoted(parts[1].trimmingBlanks)
            switch parts[0].trimmingBlanks.lowercased() {
            case "for": sender = value
            case "proto": scheme = value
            default: break
            }
        }
    }

    /// Splits a header where `separator` stands outside quotes. A quote that does not end is none: else it would hide what
    /// a proxy added behind it.
    static func split(_ text: String, at separator: Character) -> [Substring] {
        var pieces: [Substring] = []
        var begin = text.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                pieces.append(text[begin..<index])
                begin = text.index(after: index)
            }
        }
        if isQuoted { return text.split(separator: separator, omittingEmptySubsequences: false) }
        pieces.append(text[begin...])
        return pieces
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        var value = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                value.append(character)
                isEscaped = false
            }
        }
        return value
    }
}
