import NIOHTTP1

/// Why a connection answers by itself, instead of the server's routes. Source: Documentation/http.md H9, H13, H21, H22.
public enum ConnectionRefusal: Error, Hashable, Sendable {
    /// The line with method and address cannot be read.
    case requestLine
    /// It begins as TLS does.
    case notPlain
    /// Not HTTP/1.0 or HTTP/1.1.
    case version
    /// The address alone is larger than a head may be.
    case addressTooLong
    /// The headers are.
    case headTooLarge
    /// A header cannot be read.
    case header
    /// The length of the body is no number, or stands beside chunks.
    case length
    /// Other than `chunked` alone.
    case transferCoding
    /// A chunk that is none.
    case chunk
    /// The sender closed before the end.
    case cut
    /// The head took too long.
    case slowHead
    /// No byte of the body came for too long.
    case slowBody
    /// Too many bytes of bodies are held for all clients together.
    case tooManyBytes
    /// There are more connections than may be, and this one's client pauses.
    case tooManyConnections
    /// The server is being stopped.
    case stopping

    /// Stable, for programs and figures.
    public var code: String {
        switch self {
        case .requestLine: "request_line_malformed"
        case .notPlain: "tls_not_spoken"
        case .version: "http_version_unsupported"
        case .addressTooLong: "address_too_long"
        case .headTooLarge: "headers_too_large"
        case .header: "header_malformed"
        case .length: "content_length_malformed"
        case .transferCoding: "transfer_encoding_unsupported"
        case .chunk: "chunk_malformed"
        case .cut: "body_cut"
        case .slowHead: "headers_too_slow"
        case .slowBody: "body_too_slow"
        case .tooManyBytes: "too_many_bytes"
        case .tooManyConnections: "too_many_connections"
        case .stopping: "stopping"
        }
    }

    /// For people: what is wrong, and what would be right.
    public var sentence: String {
        switch self {
        case .requestLine:
            "The request's first line cannot be read. It is a method, an address and HTTP/1.1; blanks and letters beyond"
                + " ASCII in the address are percent-encoded, such as %20 and %C3%A9."
        case .notPlain: "This port speaks HTTP without TLS: use http://, or a proxy that speaks https://."
        case .version: "The version of HTTP must be HTTP/1.1, or HTTP/1.0."
        case .addressTooLong: "The request's address is too long: it must be shorter than 80 KB."
        case .headTooLarge: "The request's headers are too large: together they must be shorter than 80 KB."
        case .header: "A header cannot be read. It is a name, a colon and printable text, without a NUL."
        case .length:
            "The body's length cannot be read. Content-Length must be a whole number, such as 1024, and cannot stand"
                + " beside Transfer-Encoding."
        case .transferCoding: "Transfer-Encoding must be chunked; send gzip with Content-Encoding: gzip."
        case .chunk: "The chunked body is broken: each chunk is its length in hexadecimal digits, and as many bytes."
        case .cut: "The body ended before it was whole."
        case .slowHead: "The request's headers took too long: they must come within 30 seconds."
        case .slowBody: "The request's body took too long: for 30 seconds no byte came."
        case .tooManyBytes: "Too much is being sent at the moment; send it again in a few seconds."
        case .tooManyConnections: "There are too many connections at the moment; try again in a few seconds."
        case .stopping: "The server is being stopped; send it again in a few seconds."
        }
    }

    /// - Parameters:
    ///   - start: the first bytes of the request whose head could not be read; `nil` if it was the body.
    init(_ error: HTTPParserError, start: RequestStart?) {
        switch error {
        case .invalidEOFState: self = .cut
        case .headerOverflow:
            // The parser's bound for a head, which is a line's bound, too.
            let isLine = start.map { !$0.isLineWhole || $0.lineLength > 80 << 10 } ?? false
            self = isLine ? .addressTooLong : .headTooLarge
        case .invalidVersion: self = .version
        case .invalidContentLength, .unexpectedContentLength: self = .length
        case .unknown where start?.namesTransferEncoding == true: self = .length
        case .invalidChunkSize: self = .chunk
        default:
            guard let start else {
                self = .chunk
                return
            }
            self = start.isTLS ? .notPlain : start.isLineWhole && start.isLineWellFormed ? .header : .requestLine
        }
    }
}

/// A refusal in the words of whoever is asked: JSON or text, by the request's path.
public struct RefusalAnswer: Sendable {
    public var status: Int
    /// Without its length, and without what becomes of the connection.
    public var headers: [(name: String, value: String)]
    public var body: String

    public init(status: Int, headers: [(name: String, value: String)], body: String) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
