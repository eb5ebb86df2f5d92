internal import CSimdJSON
internal import Synchronization

/// The bytes are not one valid JSON value. `message` says what is wrong with them.
public struct JSONSyntaxError: Error, Hashable {
    public var message: String
}

/// Parses JSON with simdjson and lends the result.
public enum JSONDocument {
    /// Parses `bytes` and calls `body` with the document's root.
    ///
    /// Grammar, UTF-8 and numbers are checked before `body` is called. The value, and whatever is reached from it, is
    /// only valid inside `body`: copy out what must live longer.
    public static func withRoot<Result>(
        of bytes: Span<UInt8>,
        _ body: (JSONValue) throws -> Result
    ) throws -> Result {
        let parser = ParserPool.shared.take()
        defer { ParserPool.shared.giveBack(parser) }
        return try body(parser.parse(bytes))
    }

    /// As above, for bytes in an array.
    public static func withRoot<Result>(
        of bytes: [UInt8],
        _ body: (JSONValue) throws -> Result
    ) throws -> Result {
        try withRoot(of: bytes.span, body)
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

    func parse(_ bytes: Span<UInt8>) throws(JSONSyntaxError) -> JSONValue {
        var document = unsafe csimdjson_document()
        var problem = unsafe parse(bytes, into: &document)
        if unsafe problem != nil, let readable = LargeNumbers.withExponents(bytes) {
            unsafe problem = unsafe parse(readable.span, into: &document)
        }
        if let problem = unsafe problem {
            throw JSONSyntaxError(message: unsafe String(cString: problem))
        }
        // Safe: simdjson's tape is never empty: a root word, a value, a root word.
        return unsafe JSONValue(tape: document.tape, strings: document.strings, index: 1)
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
