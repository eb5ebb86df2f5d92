/// A value in a parsed document: a place on simdjson's tape. Copying it copies three words.
///
/// Tape format: simdjson's doc/tape.md. Each word has a type in its top 8 bits and a payload below. One type is ours: a
/// large number, whose payload is that of a string.
// Safe: a value is only lent out by `JSONDocument.withRoot`, while the document's parser keeps both buffers unchanged;
// simdjson has written the tape, so every index and string offset on it lies inside.
@safe public struct JSONValue {
    /// What kind of JSON value this is.
    @frozen
    public enum Kind: Sendable {
        case object, array, string, integer, unsignedInteger, double, bool, null
        /// A whole number beyond 64 bits, or any number beyond a double.
        case largeNumber
    }

    @usableFromInline let tape: UnsafePointer<UInt64>
    @usableFromInline let strings: UnsafePointer<UInt8>
    @usableFromInline let index: Int

    @inlinable
    init(tape: UnsafePointer<UInt64>, strings: UnsafePointer<UInt8>, index: Int) {
        unsafe self.tape = unsafe tape
        unsafe self.strings = unsafe strings
        self.index = index
    }

    @inlinable public var kind: Kind {
        switch letter {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "l"): .integer
        case UInt8(ascii: "u"): .unsignedInteger
        case UInt8(ascii: "d"): .double
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case Self.largeNumberLetter: .largeNumber
        default: .null
        }
    }

    @inlinable public var isNull: Bool { letter == UInt8(ascii: "n") }

    /// The text of a string, else `nil`.
    public var string: String? { text?.string }

    /// The bytes of a string, else `nil`.
    @inlinable public var text: JSONText? {
        letter == UInt8(ascii: "\"") ? unsafe JSONText(strings + Int(payload)) : nil
    }

    /// A whole number that fits, else `nil`. A number with a fraction of zero, such as 3.0, is whole too.
    @inlinable public var integer: Int64? {
        switch letter {
        case UInt8(ascii: "l"): unsafe Int64(bitPattern: tape[index + 1])
        case UInt8(ascii: "d"): Int64(exactly: double ?? .nan)
        default: nil
        }
    }

    /// Any number, the nearest double for it; else `nil`, also if it is beyond all doubles.
    @inlinable public var double: Double? {
        switch letter {
        case UInt8(ascii: "l"): unsafe Double(Int64(bitPattern: tape[index + 1]))
        case UInt8(ascii: "u"): unsafe Double(tape[index + 1])
        case UInt8(ascii: "d"): unsafe Double(bitPattern: tape[index + 1])
        case Self.largeNumberLetter: largeDouble
        default: nil
        }
    }

    @inlinable static var largeNumberLetter: UInt8 { UInt8(ascii: "w") }

    @inlinable public var bool: Bool? {
        switch letter {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// The keys and values of an object, in order; empty for any other value.
    @inlinable public var members: JSONMembers { JSONMembers(of: self) }

    /// The elements of an array, in order; empty for any other value.
    @inlinable public var elements: JSONElements { JSONElements(of: self) }

    /// The last value under `key`, as most JSON readers take repeated keys; `nil` without one.
    public subscript(key: StaticString) -> JSONValue? {
        var found: JSONValue?
        for (name, value) in members where name == key { found = value }
        return found
    }

    @inlinable @inline(__always) var letter: UInt8 { unsafe UInt8(truncatingIfNeeded: tape[index] >> 56) }
    @inlinable @inline(__always) var payload: UInt64 { unsafe tape[index] & 0x00FF_FFFF_FFFF_FFFF }

    /// Place of what follows this value.
    @inlinable var end: Int {
        switch letter {
        case UInt8(ascii: "{"), UInt8(ascii: "["): Int(payload & 0xFFFF_FFFF)
        case UInt8(ascii: "l"), UInt8(ascii: "u"), UInt8(ascii: "d"): index + 2
        default: index + 1
        }
    }

    @inlinable func at(_ index: Int) -> JSONValue {
        unsafe JSONValue(tape: tape, strings: strings, index: index)
    }
}

/// A string's UTF-8 bytes in a parsed document.
// Safe: as `JSONValue`.
@safe public struct JSONText {
    @usableFromInline let start: UnsafePointer<UInt8>
    /// Number of bytes.
    public let count: Int

    @inlinable
    init(_ entry: UnsafePointer<UInt8>) {
        count = unsafe Int(UnsafeRawPointer(entry).loadUnaligned(as: UInt32.self))
        unsafe start = entry + 4
    }

    /// Eight of its bytes, the first one lowest, with zeros after its end.
    ///
    /// - Precondition: `place` is within 0 ... count.
    // Safe: a zero byte follows each string, and simdjson's padding the last one, so eight bytes can be read from any
    // place up to the end.
    @inlinable @inline(__always)
    public func word(at place: Int) -> UInt64 {
        precondition(place >= 0 && place <= count)
        let word = unsafe UInt64(
            littleEndian: UnsafeRawPointer(start + place).loadUnaligned(as: UInt64.self)
        )
        let rest = count - place
        return rest >= 8 ? word : word & ((1 << UInt64(8 * rest)) - 1)
    }

    public var hasZeroCharacter: Bool {
        withBytes { bytes in bytes.indices.contains { bytes[$0] == 0 } }
    }

    /// Adds its bytes to others.
    @inlinable @inline(__always)
    public func append(to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
    }

    public var string: String {
        unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Lends the bytes.
    @inlinable @inline(__always)
    public func withBytes<Result>(_ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        try body(unsafe UnsafeBufferPointer(start: start, count: count).span)
    }

    public static func == (lhs: JSONText, rhs: StaticString) -> Bool {
        guard lhs.count == rhs.utf8CodeUnitCount else { return false }
        let other = unsafe rhs.utf8Start
        for i in 0..<lhs.count where unsafe lhs.start[i] != other[i] { return false }
        return true
    }
}

/// An object's keys and values in order.
public struct JSONMembers: Sequence, IteratorProtocol {
    @usableFromInline var next_: JSONValue
    @usableFromInline let end: Int

    @inlinable
    init(of value: JSONValue) {
        let isObject = value.letter == UInt8(ascii: "{")
        next_ = value.at(value.index + 1)
        end = isObject ? value.end - 1 : next_.index
    }

    @inlinable @inline(__always)
    public mutating func next() -> (key: JSONText, value: JSONValue)? {
        guard next_.index < end, let key = next_.text else { return nil }
        let value = next_.at(next_.index + 1)
        next_ = value.at(value.end)
        return (key, value)
    }
}

/// An array's elements in order.
public struct JSONElements: Sequence, IteratorProtocol {
    @usableFromInline var next_: JSONValue
    @usableFromInline let end: Int

    @inlinable
    init(of value: JSONValue) {
        let isArray = value.letter == UInt8(ascii: "[")
        next_ = value.at(value.index + 1)
        end = isArray ? value.end - 1 : next_.index
    }

    @inlinable @inline(__always)
    public mutating func next() -> JSONValue? {
        guard next_.index < end else { return nil }
        defer { next_ = next_.at(next_.end) }
        return next_
    }
}
