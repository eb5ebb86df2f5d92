/// The first bytes of a request, kept until its head has been read: if that fails, they tell what was asked.
struct RequestStart {
    /// Without the empty lines that may precede a request.
    private var bytes: [UInt8] = []
    /// Whether the line with method and address has ended, here or past what is kept.
    private(set) var isLineWhole = false
    /// Bytes of that line, as far as it has come.
    private(set) var lineLength = 0

    private static let most = 1_024

    var isEmpty: Bool { bytes.isEmpty }

    mutating func append(_ part: some Collection<UInt8>) {
        if isLineWhole && bytes.count >= Self.most { return }
        let new = bytes.isEmpty ? part.drop { Self.isLineBreak($0) } : part[...]
        if !isLineWhole {
            let line = new.prefix { $0 != UInt8(ascii: "\n") }
            lineLength += line.count
            isLineWhole = line.count < new.count
        }
        bytes += new.prefix(max(0, Self.most - bytes.count))
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        isLineWhole = false
        lineLength = 0
    }

    /// The record type of a handshake, as a client of https:// begins.
    var isTLS: Bool { bytes.first == 0x16 }

    var isHead: Bool { bytes.starts(with: "HEAD ".utf8) }

    /// Method, address and version, as far as they are kept.
    private var words: [ArraySlice<UInt8>] {
        bytes.prefix { !Self.isLineBreak($0) }
            .split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
    }

    /// A method, an address of visible ASCII, and a word that names HTTP. The end of a long address is not looked at.
    var isLineWellFormed: Bool {
        let words = words
        guard words.count > 1, !words[0].isEmpty, !words[1].isEmpty else { return false }
        return words[0].allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "-") }
            && words[1].allSatisfy { (0x21...0x7E).contains($0) }
            && (words.count < 3 ? bytes.count == Self.most : words[2].starts(with: "HTTP/".utf8))
    }

    /// Among the headers that are kept.
    var namesTransferEncoding: Bool {
        String(decoding: bytes, as: UTF8.self).lowercased().contains("transfer-encoding:")
    }

    /// The address without its query; `nil` where none has come.
    var path: String? {
        let words = words
        guard words.count > 1 else { return nil }
        return String(decoding: words[1].prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }

    private static func isLineBreak(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
    }
}
