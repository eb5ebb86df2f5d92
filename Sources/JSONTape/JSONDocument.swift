internal import CSimdJSON
private import Foundation
internal import Synchronization

/// The bytes are not one valid JSON value. `message` says what is wrong with them.
public struct JSONSyntaxError: Error, Hashable {
    public var message: String
}

/// What hardly any document has, and whoever stores what is in one must look for.
public struct JSONTraits: Sendable {
    /// There are numbers that no double can hold: see ``JSONValue/isBeyondDouble``.
    public var hasNumbersBeyondDouble = false
    /// A text or a key may hold U+0000. False if there is none for certain.
    public var mayHaveZeroCharacters = false

    public init(hasNumbersBeyondDouble: Bool = false, mayHaveZeroCharacters: Bool = false) {
        self.hasNumbersBeyondDouble = hasNumbersBeyondDouble
        self.mayHaveZeroCharacters = mayHaveZeroCharacters
    }

    /// Whether there is nothing to look for.
    public var isEmpty: Bool { !hasNumbersBeyondDouble && !mayHaveZeroCharacters }
}

/// Parses JSON with simdjson and lends the result.
public enum JSONDocument {
    /// Parses `bytes` and calls `body` with the document's root.
    ///
    /// Grammar, UTF-8 and numbers are checked before `body` is called. The value, and whatever is reached from it, is
    /// only valid inside `body`: copy out what must live longer. A byte-order mark in front is skipped, and half of a
    /// surrogate pair is read as U+FFFD.
    public static func withRoot<Result>(
        of bytes: Span<UInt8>,
        _ body: (JSONValue) throws -> Result
    ) throws -> Result {
        let parser = ParserPool.shared.take()
        defer { ParserPool.shared.giveBack(parser) }
        return try body(parser.parse(bytes).root)
    }

    /// As above, for bytes in an array.
    public static func withRoot<Result>(
        of bytes: [UInt8],
        _ body: (JSONValue) throws -> Result
    ) throws -> Result {
        try withRoot(of: bytes.span, body)
    }

    /// As above, and says what is to be looked for.
    public static func withRoot<Result>(
        of bytes: Span<UInt8>,
        _ body: (JSONValue, JSONTraits) throws -> Result
    ) throws -> Result {
        let parser = ParserPool.shared.take()
        defer { ParserPool.shared.giveBack(parser) }
        let (root, hasNumbersBeyondDouble) = try parser.parse(bytes)
        return try body(
            root,
            JSONTraits(
                hasNumbersBeyondDouble: hasNumbersBeyondDouble,
                mayHaveZeroCharacters: mayHaveZeroCharacters(bytes)
            )
        )
    }

    /// In JSON they can only stand as an escape.
    private static func mayHaveZeroCharacters(_ bytes: Span<UInt8>) -> Bool {
        // Safe: `memchr` looks at bytes of the span only, and what it finds lies among them.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            var next = 0
            while let found = unsafe memchr(start + next, Int32(UInt8(ascii: "\\")), buffer.count - next) {
                let place = unsafe UnsafeRawPointer(start).distance(to: found)
                if unsafe buffer[place...].prefix(6).elementsEqual("\\u0000".utf8) { return true }
                // The escaped character is no beginning of an escape.
                next = min(place + 2, buffer.count)
            }
            return false
        }
    }
}

/// Owns one simdjson parser and its buffers.
// Safe: the handle is made and freed with this object, and lent to nobody.
@safe private final class Parser {
    private let handle: OpaquePointer
    /// The longest document so far; the buffers are several times as large.
    private(set) var capacity = 0

    init() {
        guard let handle = unsafe csimdjson_parser_create() else {
            preconditionFailure("no memory for a JSON parser")
        }
        unsafe self.handle = handle
    }

    /// - Returns: also whether there are numbers that no double can hold.
    func parse(_ bytes: Span<UInt8>) throws(JSONSyntaxError) -> (root: JSONValue, hasNumbersBeyondDouble: Bool) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let hasMark = bytes.count >= 3 && (0..<3).allSatisfy { bytes[$0] == mark[$0] }
        let bytes = hasMark ? bytes.extracting(droppingFirst: 3) : bytes
        var document = unsafe csimdjson_document()
        var problem = unsafe parse(bytes, into: &document)
        var hasNumbersBeyondDouble = false
        if unsafe problem != nil, let repaired = JSONRepair.repaired(bytes) {
            unsafe problem = unsafe parse(repaired.bytes.span, into: &document)
            if unsafe problem == nil {
                hasNumbersBeyondDouble = unsafe Self.restore(numbers: repaired.numbers, in: document)
            }
        }
        if let problem = unsafe problem {
            throw JSONSyntaxError(message: unsafe String(cString: problem))
        }
        // Safe: simdjson's tape is never empty: a root word, a value, a root word.
        return (unsafe JSONValue(tape: document.tape, strings: document.strings, index: 1), hasNumbersBeyondDouble)
    }

    /// Makes numbers of the strings that stand for them.
    ///
    /// - Parameter numbers: their places among all strings, ascending.
    /// - Returns: whether one of them is beyond all doubles.
    // Safe: the tape is the parser's own, and is walked from word to word as simdjson has written it, up to its end.
    @unsafe private static func restore(numbers: [Int], in document: csimdjson_document) -> Bool {
        var hasNumbersBeyondDouble = false
        var (next, strings, index) = (0, 0, 1)
        while next < numbers.count, unsafe index < document.tape_count {
            let word = unsafe document.tape[index]
            switch UInt8(truncatingIfNeeded: word >> 56) {
            case UInt8(ascii: "\""):
                if strings == numbers[next] {
                    unsafe document.tape[index] =
                        word & 0x00FF_FFFF_FFFF_FFFF | UInt64(JSONValue.largeNumberLetter) << 56
                    let value = unsafe JSONValue(tape: document.tape, strings: document.strings, index: index)
                    if value.isBeyondDouble { hasNumbersBeyondDouble = true }
                    next += 1
                }
                strings += 1
                index += 1
            case UInt8(ascii: "l"), UInt8(ascii: "u"), UInt8(ascii: "d"): index += 2
            default: index += 1
            }
        }
        return hasNumbersBeyondDouble
    }

    /// - Returns: what is wrong with the bytes; `nil` if the document was filled.
    private func parse(_ bytes: Span<UInt8>, into document: inout csimdjson_document) -> UnsafePointer<CChar>? {
        capacity = max(capacity, bytes.count)
        // Safe: simdjson copies the bytes before the call returns, and reads no further than `count`.
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe csimdjson_parse(handle, buffer.baseAddress, buffer.count, &document)
        }
    }

    deinit {
        unsafe csimdjson_parser_destroy(handle)
    }
}

/// Parsers to use again: their buffers are worth keeping while they are small.
private final class ParserPool: Sendable {
    static let shared = ParserPool()

    private static let mostKept = 8
    private static let largestKept = 4 << 20

    private struct Idle {
        // Safe: a parser is either in here or with one caller, never both.
        nonisolated(unsafe) var parser: Parser
    }

    private let idle = Mutex<[Idle]>([])

    func take() -> Parser {
        if let idle = idle.withLock({ $0.popLast() }) { return unsafe idle.parser }
        return Parser()
    }

    func giveBack(_ parser: Parser) {
        guard parser.capacity <= Self.largestKept else { return }
        let returned = Idle(parser: parser)
        idle.withLock { idle in
            if idle.count < Self.mostKept { idle.append(returned) }
        }
    }
}
