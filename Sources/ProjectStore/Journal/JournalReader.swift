/// Reads what ``JournalWriter`` has written. Anything else is a ``JournalDamage``, never a crash.
struct JournalReader {
    private let bytes: [UInt8]
    private var next = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { next == bytes.count }

    /// Everything that was not read yet.
    mutating func rest() -> ArraySlice<UInt8> {
        defer { next = bytes.count }
        return bytes[next...]
    }

    mutating func byte() throws(JournalDamage) -> UInt8 {
        guard next < bytes.count else { throw JournalDamage() }
        defer { next += 1 }
        return bytes[next]
    }

    mutating func unsigned() throws(JournalDamage) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw JournalDamage()
    }

    mutating func signed() throws(JournalDamage) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A number of things each of which takes at least a byte.
    mutating func count() throws(JournalDamage) -> Int {
        let count = try unsigned()
        guard count <= UInt64(bytes.count - next) else { throw JournalDamage() }
        return Int(count)
    }

    mutating func number() throws(JournalDamage) -> Int32 {
        guard let number = Int32(exactly: try signed()) else { throw JournalDamage() }
        return number
    }

    mutating func bigEndian(bytes count: Int) throws(JournalDamage) -> UInt128 {
        var value: UInt128 = 0
        for _ in 0..<count { value = value << 8 | UInt128(try byte()) }
        return value
    }

    mutating func raw(_ count: Int) throws(JournalDamage) -> ArraySlice<UInt8> {
        guard count <= bytes.count - next else { throw JournalDamage() }
        defer { next += count }
        return bytes[next..<next + count]
    }

    mutating func text() throws(JournalDamage) -> String {
        String(decoding: try raw(try count()), as: UTF8.self)
    }

    mutating func optionalText() throws(JournalDamage) -> String? {
        try byte() == 0 ? nil : try text()
    }

    mutating func column(_ count: Int) throws(JournalDamage) -> [Int64] {
        if count == 0 { return [] }
        switch try byte() {
        case 0: return Array(repeating: try signed(), count: count)
        case 1:
            var values: [Int64] = []
            values.reserveCapacity(count)
            var last: Int64 = 0
            for _ in 0..<count {
                last &+= try signed()
                values.append(last)
            }
            return values
        default: throw JournalDamage()
        }
    }

    /// A column of dense numbers.
    mutating func numbers(_ count: Int) throws(JournalDamage) -> [Int32] {
        try column(count).map { value throws(JournalDamage) in
            guard let number = Int32(exactly: value) else { throw JournalDamage() }
            return number
        }
    }
}

/// A journal row that this code did not write, or that the disk has changed.
struct JournalDamage: Error {}
