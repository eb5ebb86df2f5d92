import Compression
import Hummingbird

/// How a body is packed. Source: Documentation/http.md H12.
enum ContentCoding {
    case plain, gzip

    init(_ headers: HTTPFields) throws(RequestBodyError) {
        let codings = headers[values: .contentEncoding].flatMap { $0.split(separator: ",") }
            .map { $0.filter { !$0.isWhitespace }.lowercased() }
            .filter { !["", "identity"].contains($0) }
        switch codings {
        case []: self = .plain
        case ["gzip"], ["x-gzip"]: self = .gzip
        default: throw .unsupportedCoding(codings.joined(separator: ", "))
        }
    }

    /// The first kilobyte of what a body contains, as far as it can be told from what has come.
    func beginning(of sent: ByteBuffer) -> [UInt8] {
        switch self {
        case .plain: Array(sent.readableBytesView.prefix(1 << 10))
        case .gzip: Gzip.beginning(of: sent.readableBytesUInt8Span, most: 1 << 10)
        }
    }
}
