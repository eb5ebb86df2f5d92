private import CXXHash
import EventModel

/// What the server gives a stored event of its own: the same each time, as its number stays.
///
/// UUIDs of version 8 of RFC 9562: 122 bits of a hash of the event's number, with a seed of our own. An export writes up to
/// three of these an event.
struct RowUUID {
    /// What it is for.
    enum Purpose: UInt64 {
        /// The event's name in exports.
        case row
        /// In the place of an insert id that was not sent. Source: Documentation/events-and-identity.md E20.
        case insertID
        /// As ``insertID``, of an event id.
        case eventID
    }

    private let high, low: UInt64

    /// - Parameter number: the event's in the order of arrival, which the journal fixes for ever.
    init(project: Int64, number: Int, _ purpose: Purpose = .row) {
        let hash = Self.hash(project, number, purpose)
        high = hash.high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
        low = hash.low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// In lower case.
    var text: String {
        var json = JSONWriter(capacity: 36)
        json.raw(self)
        return json.text
    }

    /// In the place of an event id that was not sent: a whole number of up to nine digits.
    /// Source: Documentation/events-and-identity.md E20.
    static func eventID(project: Int64, number: Int) -> Int64 {
        Int64(hash(project, number, .eventID).high % 999_999_999) + 1
    }

    private static func hash(_ project: Int64, _ number: Int, _ purpose: Purpose) -> (high: UInt64, low: UInt64) {
        let name: InlineArray<3, UInt64> = [
            UInt64(bitPattern: project).littleEndian, UInt64(number).littleEndian, purpose.rawValue.littleEndian,
        ]
        // Safe: the bytes are read within the call.
        let hash = unsafe name.span.withUnsafeBytes { unsafe XXH3_128bits_withSeed($0.baseAddress, $0.count, seed) }
        return (hash.high64, hash.low64)
    }

    /// Drawn once, at random.
    private static let seed: UInt64 = 0x7B1D_0C52_3E86_4A0F

    fileprivate func write(to json: inout JSONWriter) {
        for place in 0..<16 {
            let byte = UInt8(truncatingIfNeeded: (place < 8 ? high : low) >> UInt64(8 * (7 - place % 8)))
            if place == 4 || place == 6 || place == 8 || place == 10 { json.byte(UInt8(ascii: "-")) }
            json.byte(Self.digit(byte >> 4))
            json.byte(Self.digit(byte & 0xF))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }
}

extension JSONWriter {
    /// The UUID's text, without quotation marks.
    fileprivate mutating func raw(_ uuid: RowUUID) { uuid.write(to: &self) }

    /// The UUID as a string.
    mutating func string(_ uuid: RowUUID) {
        byte(UInt8(ascii: "\""))
        raw(uuid)
        byte(UInt8(ascii: "\""))
    }
}
