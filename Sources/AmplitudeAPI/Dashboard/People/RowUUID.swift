import Crypto

/// The UUID under which a stored event is exported: the same one each time, as rows never move.
///
/// Version 5 of RFC 9562, of the row's name in a namespace of our own.
struct RowUUID {
    let text: String

    /// - Parameter row: the event's place in the order of arrival, which the journal fixes for ever.
    init(project: Int64, row: Int) {
        var hash = Insecure.SHA1()
        hash.update(data: Self.namespace)
        hash.update(data: Array("\(project)/\(row)".utf8))
        var bytes = Array(hash.finalize().prefix(16))
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

    /// Drawn once, at random.
    private static let namespace: [UInt8] = [
        0x7B, 0x1D, 0x0C, 0x52, 0x3E, 0x86, 0x4A, 0x0F, 0x9C, 0x4D, 0x21, 0xE8, 0x55, 0xB3, 0x6A, 0x97,
    ]
}
