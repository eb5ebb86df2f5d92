/// Appends a journal row's parts to a growing run of bytes. ``JournalCodec`` says what they mean.
struct JournalWriter {
    private(set) var bytes: [UInt8] = []

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
    }

    mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Seven bits a byte, lowest first; the top bit says that more follow.
    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Small numbers of either sign become small unsigned ones: 0, -1, 1, -2, …
    mutating func signed(_ value: Int64) {
        unsigned(UInt64(bitPattern: value &<< 1 ^ value &>> 63))
    }

    mutating func count(_ count: Int) {
        unsigned(UInt64(count))
    }

    /// The lowest `count` bytes, highest first.
    mutating func bigEndian(_ value: some FixedWidthInteger & UnsignedInteger, bytes count: Int) {
        for place in stride(from: count - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * place)))
        }
    }

    mutating func raw(_ more: ArraySlice<UInt8>) {
        bytes.append(contentsOf: more)
    }

    mutating func text(_ text: String) {
        count(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    /// A text, or none.
    mutating func optional(_ text: String?) {
        byte(text == nil ? 0 : 1)
        if let text { self.text(text) }
    }

    /// A number for each element: one for all if they are equal, else each one's difference from the one before.
    mutating func column<Element>(_ elements: [Element], _ value: (Element) -> Int64) {
        guard let first = elements.first.map(value) else { return }
        if elements.allSatisfy({ value($0) == first }) {
            byte(0)
            return signed(first)
        }
        byte(1)
        var last: Int64 = 0
        for element in elements {
            let next = value(element)
            signed(next &- last)
            last = next
        }
    }
}
