/// A body of type `multipart/form-data` (RFC 7578), in its parts.
public struct MultipartForm: Sendable {
    public struct Part: Sendable {
        public var name: String
        /// Of a file.
        public var fileName: String?
        public var contentType: String?
        /// Where its content lies in the body.
        public var range: Range<Int>
    }

    public let bytes: [UInt8]
    /// Those that have a name.
    public let parts: [Part]

    /// - Parameter contentType: the request's `Content-Type`, which names the boundary. Without one there are no parts.
    public init(_ body: [UInt8], contentType: String) {
        bytes = body
        guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty else {
            parts = []
            return
        }
        parts = Self.split(body, by: Array("--\(boundary)".utf8)).dropFirst().compactMap(Self.part)
    }

    /// The last part of that name as text; `nil` if there is none, or it is not UTF-8.
    public func text(_ name: String) -> String? { parts.last { $0.name == name }.flatMap(text) }

    public func text(of part: Part) -> String? { String(validating: bytes[part.range], as: UTF8.self) }

    /// A part: head, an empty line, and the content, which ends before the line break that belongs to the boundary.
    private static func part(_ part: ArraySlice<UInt8>) -> Part? {
        let lineBreak = Array("\r\n".utf8)
        guard let gap = range(of: lineBreak + lineBreak, in: part) else { return nil }
        let head = String(decoding: part[..<gap.lowerBound], as: UTF8.self)
        var content = part[gap.upperBound...]
        if content.suffix(2).elementsEqual(lineBreak) { content = content.dropLast(2) }
        func header(_ name: String) -> Substring? {
            head.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("\(name):") }
        }
        guard let disposition = header("content-disposition"), let name = parameter("name", of: disposition) else {
            return nil
        }
        return Part(
            name: name,
            fileName: parameter("filename", of: disposition),
            contentType: header("content-type").map { line in
                String(line.drop { $0 != ":" }.dropFirst()).filter { $0 != " " }.lowercased()
            },
            range: content.startIndex..<content.endIndex
        )
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

extension FormFields {
    /// Reads a body of type `multipart/form-data` (RFC 7578). Parts without a name, and what is not UTF-8, are left out.
    ///
    /// - Parameter contentType: the request's `Content-Type`, which names the boundary.
    public init(multipart body: [UInt8], contentType: String) {
        let form = MultipartForm(body, contentType: contentType)
        self.init(form.parts.compactMap { part in form.text(of: part).map { (part.name, $0) } })
    }
}
