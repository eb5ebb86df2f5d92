private import CZlib

/// gzip (RFC 1952), as HTTP bodies come in.
package enum Gzip {
    package enum Failure: Error, Equatable {
        /// The bytes are not a whole gzip stream.
        case damaged
        /// The content has more bytes than the limit allows.
        case tooLarge
    }

    /// - Parameter limit: the most bytes that the content may have. No more than that is ever held, however much a small
    ///   body would swell to.
    package static func decompress(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        var stream = unsafe z_stream()
        // 16 asks for gzip framing, 15 is the largest window.
        guard unsafe inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .damaged
        }
        defer { unsafe inflateEnd(&stream) }
        var input = bytes
        var content: [UInt8] = []
        var status = Z_OK
        // Safe: zlib reads `avail_in` and writes `avail_out` bytes, within the two buffers that are held here.
        unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe stream.next_in = source.baseAddress
            unsafe stream.avail_in = UInt32(clamping: source.count)
            repeat {
                let room = min(64 << 10, limit + 1 - content.count)
                let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = UInt32(room)
                    status = unsafe inflate(&stream, Z_NO_FLUSH)
                    count = unsafe room - Int(stream.avail_out)
                }
                content.append(contentsOf: piece)
            } while status == Z_OK && content.count <= limit
        }
        if content.count > limit { throw .tooLarge }
        guard status == Z_STREAM_END else { throw .damaged }
        return content
    }

    /// One gzip stream of `bytes`, made for speed: the answers of queries are texts that repeat themselves, which the
    /// quickest setting already shortens a lot.
    package static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var stream = unsafe z_stream()
        let status = unsafe deflateInit2_(
            &stream,
            Z_BEST_SPEED,
            Z_DEFLATED,
            16 + 15,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(status == Z_OK, "zlib has no memory, or is of another version than its header")
        defer { unsafe deflateEnd(&stream) }
        var input = bytes
        // Safe: zlib reads `avail_in` and writes `avail_out` bytes, within the two buffers that are held here; the bound is
        // zlib's own for all of the input in one call.
        return unsafe input.withUnsafeMutableBufferPointer { source in
            let room = unsafe Int(deflateBound(&stream, UInt(source.count)))
            unsafe stream.next_in = source.baseAddress
            unsafe stream.avail_in = UInt32(source.count)
            return unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(room)
                let status = unsafe deflate(&stream, Z_FINISH)
                precondition(status == Z_STREAM_END, "the bound of zlib holds")
                count = unsafe room - Int(stream.avail_out)
            }
        }
    }
}
