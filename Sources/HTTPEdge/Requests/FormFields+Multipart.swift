extension FormFields {
    /// Reads a body of type `multipart/form-data` (RFC 7578). Parts without a name, and what is not UTF-8, are left out.
    ///
    /// - Parameter contentType: the request's `Content-Type`, which names the boundary.
    public init(multipart body: [UInt8], contentType: String) {
        guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty else {
            self.init([])
            return
        }
        let parts = Self.split(body, by: Array("--\(boundary)".utf8)).dropFirst()
        self.init(parts.compactMap(Self.field))
    }

    /// A part: head, an empty line, and the value, which ends before the line break that belongs to the boundary.
    private static func field(_ part: ArraySlice<UInt8>) -> (name: String, value: String)? {
        let lineBreak = Array("\r\n".utf8)
        guard let gap = range(of: lineBreak + lineBreak, in: part) else { return nil }
        let head = String(decoding: part[..<gap.lowerBound], as: UTF8.self)
        var value = part[gap.upperBound...]
        if value.suffix(2).elementsEqual(lineBreak) { value = value.dropLast(2) }
        guard let text = String(validating: value, as: UTF8.self) else { return nil }
        let disposition = head.split(whereSeparator: \.isNewline).first {
            $0.lowercased().hasPrefix("content-disposition:")
        }
        return disposition.flatMap { parameter("name", of: $0) }.map { ($0, text) }
    }

    /// `name=value` or `name="value"` among the parameters of a header.
    private static func parameter(_ name: String, of header: some StringProtocol) -> String? {
        for piece in header.split(separator: ";").dropFirst() {
            let parts = piece.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, String(parts[0]).filter({ $0 != " " }).lowercased() == name
            else { continue }
            return String(parts[1]).filter { $0 != "\"" && $0 != "\r" }
        }
        return nil
    }

    private static func split(_ bytes: [UInt8], by separator: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while let found = range(of: separator, in: rest) {
            pieces.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        pieces.append(rest)
        return pieces
    }

    private static func range(of wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        var start = bytes.startIndex
        while start + wanted.count <= bytes.endIndex {
            guard let first = bytes[start...].firstIndex(of: wanted[0]), first + wanted.count <= bytes.endIndex else {
                return nil
            }
            if bytes[first..<first + wanted.count].elementsEqual(wanted) { return first..<first + wanted.count }
            start = first + 1
        }
        return nil
    }
}
