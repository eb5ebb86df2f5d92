import Crypto

/// What the server gives a stored event of its own: the same each time, as rows never move.
///
/// UUIDs of version 5 of RFC 9562, of the row's name in a namespace of our own.
struct RowUUID {
    /// What it is for.
    enum Purpose: String {
        /// The event's name in exports.
        case row = ""
        /// In the place of an insert id that was not sent. Source: Documentation/events-and-identity.md E20.
        case insertID = "/insert_id"
    }

    let text: String

    /// - Parameter row: the event's place in the order of arrival, which the journal fixes for ever.
    init(project: Int64, row: Int, _ purpose: Purpose = .row) {
        var bytes = Self.hash("\(project)/\(row)\(purpose.rawValue)")
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            if byte < 16 { text += "0" }
            text += String(byte, radix: 16)
        }
        self.text = text
    }

    /// In the place of an event id that was not sent: a whole number of up to nine digits.
    /// Source: Documentation/events-and-identity.md E20.
    static func eventID(project: Int64, row: Int) -> Int64 {
        let number = hash("\(project)/\(row)/event_id").prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(number % 999_999_999) + 1
    }

    /// 16 bytes that stand for a name.
    private static func hash(_ name: String) -> [UInt8] {
        var hash = Insecure.SHA1()
        hash.update(data: namespace)
        hash.update(data: Array(name.utf8))
        return Array(hash.finalize().prefix(16))
    }

    /// Drawn once, at random.
    private static let namespace: [UInt8] = [
        0x7B, 0x1D, 0x0C, 0x52, 0x3E, 0x86, 0x4A, 0x0F, 0x9C, 0x4D, 0x21, 0xE8, 0x55, 0xB3, 0x6A, 0x97,
    ]
}
