/// Appends JSON text to a growing buffer: no tree, no formatter, one pass.
///
/// Strings are written raw in UTF-8 with only what RFC 8259 demands escaped, so equal values give equal bytes.
///
/// It owns its memory itself, not through an array: nearly every event of every request is written with it, a few bytes
/// at a time, and an array asks each time whether it is shared.
@safe public struct JSONWriter: ~Copyable {
    // Safe: `capacity` bytes, made by `init` or `grow`, freed by `deinit`; the first `written` of them are set.
    @usableFromInline var start: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    /// Number of bytes written so far.
    @usableFromInline var written = 0
    public var count: Int { written }

    public init(capacity: Int = 0) {
        self.capacity = max(64, capacity)
        unsafe start = .allocate(capacity: self.capacity)
    }

    deinit {
        unsafe start.deallocate()
    }

    /// The text written so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A copy of the bytes written so far.
    public var bytes: [UInt8] { unsafe Array(UnsafeBufferPointer(start: start, count: written)) }

    /// Lends the bytes written so far.
    public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(unsafe UnsafeBufferPointer(start: start, count: written).span)
    }

    /// Begins anew, in the same memory.
    public mutating func clear() { written = 0 }

    /// Punctuation and other text that is JSON already.
    @inlinable
    public mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { unsafe _append($0) }
    }

    /// One character of punctuation.
    @inlinable @inline(__always)
    public mutating func byte(_ byte: UInt8) {
        if written == capacity { _grow(1) }
        // Safe: there is room for one more.
        unsafe start[written] = byte
        written += 1
    }

    /// Text that is JSON already, such as a stored property object.
    // Literals are to be taken as static ones.
    @_disfavoredOverload
    public mutating func raw(_ text: String) {
        unsafe text.utf8Span.span.withUnsafeBufferPointer { unsafe _append($0) }
    }

    public mutating func integer(_ value: some FixedWidthInteger) {
        if value < 0 { byte(UInt8(ascii: "-")) }
        digits(UInt64(value.magnitude), atLeast: 1)
    }

    /// A finite number in its shortest round-trip form; JSON has no word for the others, so they become null.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return raw("null") }
        if !shortDecimal(value) { raw(PropertyValue.decimal(value)) }
    }

    /// Writes a number of up to 15 digits, four of them behind the point, without making a text of it. False, and nothing
    /// written, if it is another.
    ///
    /// No two decimals of up to 15 digits are the same `Double`, so one that reads back as the number is its shortest.
    private mutating func shortDecimal(_ value: Double) -> Bool {
        guard value.magnitude < 1e11 else { return false }
        var scale = 1.0
        for places in 0...4 {
            let scaled = (value.magnitude * scale).rounded()
            if scaled / scale == value.magnitude {
                let whole = UInt64(scaled)
                if value < 0 { byte(UInt8(ascii: "-")) }
                let divisor = UInt64(scale)
                digits(whole / divisor, atLeast: 1)
                if places > 0 {
                    byte(UInt8(ascii: "."))
                    digits(whole % divisor, atLeast: places)
                }
                return true
            }
            scale *= 10
        }
        return false
    }

    private mutating func digits(_ value: UInt64, atLeast count: Int) {
        var buffer = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var first = 20
        var rest = value
        while rest > 0 || 20 - first < count {
            first -= 1
            buffer[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        for place in first..<20 { byte(buffer[place]) }
    }

    public mutating func bool(_ value: Bool) {
        if value { raw("true") } else { raw("false") }
    }

    public mutating func string(_ text: String) {
        string(utf8: text.utf8Span.span)
    }

    /// A string given as its UTF-8 bytes.
    public mutating func string(utf8 text: Span<UInt8>) {
        byte(UInt8(ascii: "\""))
        // Safe: the bytes are read within the call.
        let mustEscape = unsafe text.withUnsafeBytes { unsafe Self.mustEscape($0) }
        if mustEscape {
            for index in text.indices { escaped(text[index]) }
        } else {
            unsafe text.withUnsafeBufferPointer { unsafe _append($0) }
        }
        byte(UInt8(ascii: "\""))
    }

    /// A string, or null.
    public mutating func string(_ text: String?) {
        if let text { string(text) } else { raw("null") }
    }

    public mutating func value(_ value: PropertyValue) {
        switch value {
        case .null: raw("null")
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .list(let elements): list(elements) { $0.value($1) }
        case .object(let members): object(members)
        }
    }

    public mutating func object(_ members: some Sequence<PropertyMember>) {
        var first = true
        raw("{")
        for member in members {
            if !first { raw(",") }
            first = false
            string(member.key)
            raw(":")
            value(member.value)
        }
        raw("}")
    }

    /// `[a,b,…]`, each element written by `write`.
    public mutating func list<Element>(
        _ elements: some Sequence<Element>,
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        var first = true
        raw("[")
        for element in elements {
            if !first { raw(",") }
            first = false
            write(&self, element)
        }
        raw("]")
    }

    // Safe: the buffer is only read, while its owner keeps it alive for the call, and there is room for all of it.
    @usableFromInline
    mutating func _append(_ buffer: UnsafeBufferPointer<UInt8>) {
        if capacity - written < buffer.count { _grow(buffer.count) }
        guard let source = buffer.baseAddress else { return }
        unsafe (start + written).update(from: source, count: buffer.count)
        written += buffer.count
    }

    @usableFromInline
    mutating func _grow(_ more: Int) {
        capacity = max(capacity * 2, written + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        // Safe: the new memory is at least as large as the old one, and the old one is given back once.
        unsafe larger.update(from: start, count: written)
        unsafe start.deallocate()
        unsafe start = larger
    }

    /// Text as it is, without quotes, such as a part of a longer run of bytes.
    public mutating func raw(utf8 text: Span<UInt8>) {
        unsafe text.withUnsafeBufferPointer { unsafe _append($0) }
    }

    /// Whether any byte must be escaped, eight at a time.
    @inline(__always)
    private static func mustEscape(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var place = 0
        while place + 8 <= bytes.count {
            // Safe: eight bytes from here are within the text.
            if unsafe mustEscape(bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)) { return true }
            place += 8
        }
        while place < bytes.count {
            if unsafe mustEscape(bytes[place]) { return true }
            place += 1
        }
        return false
    }

    /// Each term has its top bit set in a byte that is below 0x20, a quotation mark or a backslash, if there is one.
    private static func mustEscape(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let slashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let found =
            (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
        return found & (ones &* 0x80) != 0
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        case 0..<0x20:
            raw(byte < 0x10 ? "\\u000" : "\\u00")
            raw(String(byte, radix: 16))
        default: self.byte(byte)
        }
    }
}
