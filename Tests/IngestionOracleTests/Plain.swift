import Foundation

/// A JSON value, as plain as it comes. Shares no code with the server.
///
/// Texts are kept in JSON's ASCII spelling: what is not printable ASCII is `\u` and four digits. So two texts are equal
/// here if, and only if, they have the same code points, which Swift's own `==` does not promise
/// (Documentation/events-and-identity.md E7).
enum Plain: Hashable, Sendable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Double)
    /// A number with more digits than a double has, or beyond all doubles, as it is written.
    case long(String)
    case text(String)
    case list([Plain])
    case object([Field])

    struct Field: Hashable, Sendable {
        var key: String
        var value: Plain
    }

    init(_ members: [String: Plain]) {
        self = .object(members.sorted { $0.key < $1.key }.map { Field(key: $0.key, value: $0.value) })
    }

    var fields: [Field] { if case .object(let fields) = self { fields } else { [] } }

    /// The last value under a key; `nil` also if that is null.
    subscript(key: String) -> Plain? {
        guard let value = fields.last(where: { $0.key == key })?.value, value != .null else { return nil }
        return value
    }

    /// The members that are not null.
    var members: [String: Plain] {
        var members: [String: Plain] = [:]
        for field in fields where field.value != .null { members[field.key] = field.value }
        return members
    }

    var isContainer: Bool {
        switch self {
        case .list, .object: true
        default: false
        }
    }

    /// A scalar as text. Source: Documentation/counting.md C1.
    var label: String? {
        switch self {
        case .null, .list, .object: nil
        case .bool(let value): value ? "true" : "false"
        case .number(let value): Self.decimal(value)
        case .long(let number): number.contains("e") ? nil : number
        case .text(let text): text
        }
    }

    /// As it is kept for its own sake: a number is the nearest double.
    var stored: Plain {
        switch self {
        case .long(let number): .number(Double(number)!)
        case .list(let elements): .list(elements.map(\.stored))
        case .object(let fields): .object(fields.map { Field(key: $0.key, value: $0.value.stored) })
        default: self
        }
    }

    /// Bytes of its JSON as it is kept: UTF-8, with only what must be escaped.
    var storedSize: Int {
        switch self {
        case .text(let text):
            let bytes = Self.unspelled(text).utf8
            return 2
                + bytes.reduce(0) { size, byte in
                    switch byte {
                    case 0x22, 0x5C, 0x0A, 0x0D, 0x09: size + 2
                    case 0..<0x20: size + 6
                    default: size + 1
                    }
                }
        case .list(let elements): return elements.reduce(1) { $0 + $1.storedSize + 1 } + (elements.isEmpty ? 1 : 0)
        case .object(let fields):
            let members = fields.reduce(0) { $0 + Plain.text($1.key).storedSize + $1.value.storedSize + 2 }
            return fields.isEmpty ? 2 : members + 1
        default: return json(Spelling()).utf8.count
        }
    }

    /// As it is read: half of a surrogate pair is U+FFFD.
    var mended: Plain {
        switch self {
        case .text(let text): .text(Self.mended(text))
        case .list(let elements): .list(elements.map(\.mended))
        case .object(let fields):
            .object(fields.map { Field(key: Self.mended($0.key), value: $0.value.mended) })
        default: self
        }
    }

    private static func mended(_ text: String) -> String {
        text.contains("\\ud") ? spelled(unspelled(text)) : text
    }

    /// Whether it, or something in it, is as `isWanted` says; keys are taken as texts.
    func holds(_ isWanted: (Plain) -> Bool) -> Bool {
        switch self {
        case .list(let elements): elements.contains { $0.holds(isWanted) }
        case .object(let fields): fields.contains { $0.value.holds(isWanted) }
        default: isWanted(self)
        }
    }

    static func decimal(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    // MARK: Text

    /// With sorted keys, so that equal values, and only those, have equal texts.
    var description: String { json(Spelling(sortsKeys: true)) }

    struct Spelling: Hashable, Sendable {
        var sortsKeys = false
        /// Whole numbers in properties are written with a fraction, as some languages do.
        var writesFractions = false
        /// Text beyond ASCII is sent as UTF-8, not escaped.
        var isRaw = false
    }

    func json(_ spelling: Spelling) -> String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let value): return Self.decimal(value)
        case .long(let number): return number
        case .text(let text): return "\"\(spelling.isRaw ? Self.raw(text) : text)\""
        case .list(let elements): return "[" + elements.map { $0.json(spelling) }.joined(separator: ",") + "]"
        case .object(let fields):
            let ordered = spelling.sortsKeys ? fields.sorted { $0.key < $1.key } : fields
            let members = ordered.map { field in
                let value = field.value
                if spelling.writesFractions, case .number(let number) = value, field.key.count == 1 {
                    return "\"\(field.key)\":\(number)"
                }
                return "\"\(field.key)\":\(value.json(spelling))"
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    /// A text of the outside in the spelling that is used here.
    static func spelled(_ text: String) -> String {
        text.utf16.map { unit in
            if unit >= 0x20, unit < 0x7F, unit != 0x22, unit != 0x5C {
                return String(Character(Unicode.Scalar(UInt8(unit))))
            }
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    /// The other way round; half of a surrogate pair becomes U+FFFD, as ever where Swift decodes.
    static func unspelled(_ text: String) -> String {
        let parts = text.components(separatedBy: "\\u")
        let units = parts.dropFirst().flatMap { [UInt16($0.prefix(4), radix: 16)!] + Array($0.dropFirst(4).utf16) }
        return parts[0] + String(decoding: units, as: UTF16.self)
    }

    /// The other way round, except for what JSON must escape.
    private static func raw(_ text: String) -> String {
        let parts = text.components(separatedBy: "\\u")
        return parts.dropFirst().reduce(parts[0]) { done, part in
            let unit = UInt16(part.prefix(4), radix: 16)!
            guard unit > 0x7F, let scalar = Unicode.Scalar(unit) else { return done + "\\u" + part }
            return done + String(Character(scalar)) + part.dropFirst(4)
        }
    }

    // MARK: Reading

    /// Reads JSON text; `nil` if it is none.
    init?(json text: String) {
        var reader = PlainReader(rest: Array(text.unicodeScalars))
        guard let value = reader.value() else { return nil }
        reader.skipSpaces()
        guard reader.next == nil else { return nil }
        self = value
    }
}

private struct PlainReader {
    var rest: [Unicode.Scalar]
    var index = 0

    var next: Unicode.Scalar? { index < rest.count ? rest[index] : nil }

    mutating func skipSpaces() {
        while let scalar = next, " \n\r\t".unicodeScalars.contains(scalar) { index += 1 }
    }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard next == mark else { return false }
        index += 1
        return true
    }

    mutating func value() -> Plain? {
        skipSpaces()
        switch next {
        case "\"": return text().map { .text($0) }
        case "[":
            index += 1
            var elements: [Plain] = []
            if take("]") { return .list([]) }
            repeat {
                guard let element = value() else { return nil }
                elements.append(element)
            } while take(",")
            return take("]") ? .list(elements) : nil
        case "{":
            index += 1
            var fields: [Plain.Field] = []
            if take("}") { return .object([]) }
            repeat {
                skipSpaces()
                guard let key = text(), take(":"), let value = value() else { return nil }
                fields.append(Plain.Field(key: key, value: value))
            } while take(",")
            return take("}") ? .object(fields) : nil
        default:
            var word = ""
            while let scalar = next, !",]} \n\r\t".unicodeScalars.contains(scalar) {
                word.unicodeScalars.append(scalar)
                index += 1
            }
            switch word {
            case "null": return .null
            case "true": return .bool(true)
            case "false": return .bool(false)
            default: return Double(word).map { .number($0) }
            }
        }
    }

    mutating func text() -> String? {
        guard next == "\"" else { return nil }
        index += 1
        var text = ""
        while let scalar = next {
            index += 1
            if scalar == "\"" { return text }
            guard scalar == "\\" else {
                text += Plain.spelled(String(Character(scalar)))
                continue
            }
            guard let escaped = next else { return nil }
            index += 1
            switch escaped {
            case "u":
                text += "\\u" + String(String.UnicodeScalarView(rest[index..<index + 4])).lowercased()
                index += 4
            case "n": text += "\\u000a"
            case "r": text += "\\u000d"
            case "t": text += "\\u0009"
            default: text += Plain.spelled(String(Character(escaped)))
            }
        }
        return nil
    }
}
