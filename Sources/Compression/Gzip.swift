private import CDeflate
private import CZlib

/// gzip (RFC 1952), as HTTP bodies come in.
package enum Gzip {
    package enum Failure: Error, Equatable {
        /// The bytes are not a whole gzip stream.
        case damaged
        /// The content has more bytes than the limit allows.
        case tooLarge
    }

    /// All members of a stream, one behind the other (RFC 1952 §2.2). What is no member behind the last is damage.
    ///
    /// - Parameter limit: the most bytes that the content may have. No more than that is ever held, however much a small
    ///   body would swell to.
    package static func decompress(_ bytes: Span<UInt8>, limit: Int) throws(Failure) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(min(limit, announcedSize(bytes)))
        switch unpack(bytes, most: limit + 1, to: &content) {
        case _ where content.count > limit: throw .tooLarge
        case .whole: return content
        case .cut, .damaged: throw .damaged
        }
    }

    package static func decompress(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        try decompress(bytes.span, limit: limit)
    }

    /// What the beginning of a stream contains, as far as it can be told; nothing if that is no gzip.
    ///
    /// - Parameter most: bytes.
    package static func beginning(of bytes: Span<UInt8>, most: Int) -> [UInt8] {
        var content: [UInt8] = []
        _ = unpack(bytes, most: most, to: &content)
        return content
    }

    /// What a stream says of the size of its last member, in bytes: no more than all of its content has, if it is whole.
    package static func announcedSize(_ bytes: Span<UInt8>) -> Int {
        guard bytes.count >= 18 else { return 0 }
        return (1...4).reduce(0) { size, place in size << 8 | Int(bytes[bytes.count - place]) }
    }

    private enum End { case whole, cut, damaged }

    /// - Parameter most: it stops at so many bytes of content.
    private static func unpack(_ bytes: Span<UInt8>, most: Int, to content: inout [UInt8]) -> End {
        var stream = unsafe z_stream()
        // 16 asks for gzip framing, 15 is the largest window.
        guard unsafe inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return .damaged
        }
        defer { unsafe inflateEnd(&stream) }
        // Safe: zlib reads `avail_in` and writes `avail_out` bytes, within the two buffers that are held here; it does not
        // write to the first, although its type says that it might.
        return unsafe bytes.withUnsafeBufferPointer { source in
            unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.avail_in = UInt32(clamping: source.count)
            while content.count < most {
                let room = min(64 << 10, most - content.count)
                var status = Z_OK
                let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = UInt32(room)
                    status = unsafe inflate(&stream, Z_NO_FLUSH)
                    count = unsafe room - Int(stream.avail_out)
                }
                content.append(contentsOf: piece)
                switch status {
                case Z_OK: continue
                case Z_STREAM_END:
                    if unsafe stream.avail_in == 0 { return .whole }
                    unsafe inflateReset(&stream)
                case Z_BUF_ERROR: return .cut
                default: return .damaged
                }
            }
            return .cut
        }
    }

    /// `bytes` as one gzip stream, whose header tells neither a time nor a system: the same content is the same file
    /// everywhere. Made for speed, by libdeflate: answers and exports are texts that repeat themselves, which the quickest
    /// setting already shortens a lot.
    package static func compress(_ bytes: [UInt8]) -> [UInt8] {
        guard let compressor = unsafe libdeflate_alloc_compressor(1) else {
            preconditionFailure("there is no memory for libdeflate's tables")
        }
        defer { unsafe libdeflate_free_compressor(compressor) }
        let room = unsafe libdeflate_gzip_compress_bound(compressor, bytes.count)
        // Safe: libdeflate reads one buffer and writes the other, no more than their sizes.
        return unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
                count = unsafe libdeflate_gzip_compress(
                    compressor,
                    source.baseAddress,
                    source.count,
                    target.baseAddress,
                    room
                )
                precondition(count > 0, "the bound of libdeflate holds")
            }
        }
    }
}

package enum Checksum {
    /// As zip files and gzip have it.
    package static func crc32(_ bytes: [UInt8]) -> UInt32 {
        // Safe: libdeflate reads the buffer's bytes.
        unsafe bytes.withUnsafeBytes { unsafe libdeflate_crc32(0, $0.baseAddress, $0.count) }
    }
}
