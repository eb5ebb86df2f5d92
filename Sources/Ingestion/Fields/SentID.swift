import EventModel
import JSONTape

/// A `user_id` or `device_id` as it was sent, read and checked. Source: Documentation/events-and-identity.md E3 to E6.
enum SentID {
    /// There is none, or an empty one.
    case absent
    /// It stands for "nobody", is no text, or is longer than any text may be: cut off it would be another's.
    case invalid
    case short
    case text(JSONText)
    /// Where the text that counts is another than the one that was sent: numbers, and ids with spaces around them.
    case string(String)

    /// Ids that stand for "nobody"; case does not matter.
    static let forbidden = [
        "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown",
        "00000000-0000-0000-0000-000000000000", "{}", "lmy47d", "0", "-1", "\"\"",
    ].map { Array($0.utf8) }

    private static let forbiddenLengths = forbidden.reduce(UInt64(0)) { $0 | 1 << UInt64($1.count) }

    init(_ value: JSONValue?, minimumLength: Int) {
        guard let value else {
            self = .absent
            return
        }
        if let text = value.text {
            self = text.withBytes { bytes in
                if bytes.isEmpty { return .absent }
                // Nearly no id has white space around it, and then there is nothing to look for.
                if Self.isPlain(bytes[0]), Self.isPlain(bytes[bytes.count - 1]) {
                    return Self.problem(bytes, minimumLength) ?? .text(text)
                }
                return Self(trimming: text.string, minimumLength)
            }
        } else if value.kind != .bool, let digits = value.label {
            // Numbers are taken as their digits, all of them; other kinds of values are no ids.
            self = Self(trimming: digits, minimumLength)
        } else {
            self = .invalid
        }
    }

    private init(trimming text: String, _ minimumLength: Int) {
        let id = text.trimmingSpaces
        if id.isEmpty {
            self = .absent
        } else {
            self = Self.problem(id.utf8Span.span, minimumLength) ?? .string(id)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x80 }

    private static func problem(_ id: Span<UInt8>, _ minimumLength: Int) -> SentID? {
        if id.count > PropertyLimits.longestText, scalars(in: id) > PropertyLimits.longestText { return .invalid }
        if id.count < 64, forbiddenLengths >> UInt64(id.count) & 1 == 1, isForbidden(id) { return .invalid }
        guard isShort(id, minimumLength) else { return nil }
        // With a U+0000 in it, it is no id of whatever length; in longer ones ``EventInspector`` finds it.
        return id.indices.contains { id[$0] == 0 } ? .invalid : .short
    }

    private static func isForbidden(_ id: Span<UInt8>) -> Bool {
        forbidden.contains { word in
            guard word.count == id.count else { return false }
            for place in word.indices {
                let byte = id[place]
                let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                if (isUpper ? byte | 0x20 : byte) != word[place] { return false }
            }
            return true
        }
    }

    /// Counted in Unicode scalars.
    private static func isShort(_ id: Span<UInt8>, _ minimumLength: Int) -> Bool {
        if minimumLength <= 0 || id.count / 4 >= minimumLength { return false }
        return scalars(in: id) < minimumLength
    }

    private static func scalars(in id: Span<UInt8>) -> Int {
        var scalars = 0
        for place in id.indices where id[place] & 0xC0 != 0x80 { scalars += 1 }
        return scalars
    }
}
