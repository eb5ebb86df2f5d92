private import CZlib

/// Unpacks what deflate has packed, piece by piece, so that memory is bounded however much there is.
// Safe: the stream is made and freed with this object, stays at its place, as zlib wants it, and is lent to nobody.
@safe package final class Inflater {
    package enum Framing: Sendable {
        /// gzip (RFC 1952), one member.
        case gzip
        /// Deflate (RFC 1951) alone, as zip files have it.
        case raw
    }

    package struct Step {
        package var content: [UInt8]
        /// Bytes of the input that are not needed any more.
        package var used: Int
        /// Whether nothing comes after the content.
        package var isEnd: Bool
    }

    private let stream: UnsafeMutablePointer<z_stream>

    package init(_ framing: Framing) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 16 asks for gzip framing, a negative number for none; 15 is the largest window.
        let bits: Int32 = framing == .gzip ? 16 + 15 : -15
        let status = unsafe inflateInit2_(stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory, or is of another version than its header")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Begins another stream, such as the next member of a gzip file.
    package func reset() {
        unsafe inflateReset(stream)
    }

    /// - Parameters:
    ///   - input: what comes next, at least a byte.
    ///   - most: bytes of content.
    package func unpack(_ input: ArraySlice<UInt8>, most: Int) throws(Gzip.Failure) -> Step {
        var input = input
        var status = Z_OK
        var used = 0
        // Safe: zlib reads `avail_in` and writes `avail_out` bytes, within the two buffers that are held here.
        let content = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe [UInt8](unsafeUninitializedCapacity: most) { target, count in
                unsafe stream.pointee.next_in = source.baseAddress
                unsafe stream.pointee.avail_in = UInt32(source.count)
                unsafe stream.pointee.next_out = target.baseAddress
                unsafe stream.pointee.avail_out = UInt32(most)
                status = unsafe inflate(stream, Z_NO_FLUSH)
                used = unsafe source.count - Int(stream.pointee.avail_in)
                count = unsafe most - Int(stream.pointee.avail_out)
            }
        }
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { throw .damaged }
        return Step(content: content, used: used, isEnd: status == Z_STREAM_END)
    }
}
