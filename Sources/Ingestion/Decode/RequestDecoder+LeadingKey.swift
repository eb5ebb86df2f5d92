extension RequestDecoder {
    /// The API key of a request that begins with it, `{"api_key":"…"`, as most clients write it; `nil` if it may stand
    /// elsewhere. So a body need not be whole to know whose it is.
    ///
    /// - Parameter bytes: the first of the body, decompressed.
    public static func leadingAPIKey(_ bytes: [UInt8]) -> String? {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        for piece in ["{", "\"api_key\"", ":", "\""] {
            rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
            guard rest.starts(with: piece.utf8) else { return nil }
            rest = rest.dropFirst(piece.utf8.count)
        }
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let key = rest[..<end]
        // An escape would have to be read, and a key has none.
        guard !key.isEmpty, !key.contains(UInt8(ascii: "\\")) else { return nil }
        return String(validating: key, as: UTF8.self)
    }
}
