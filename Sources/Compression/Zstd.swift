private import CZstd

/// Bytes that claim to be zstd-compressed are not.
package struct ZstdError: Error {
    package var message: String
}

/// Compresses with zstd, again and again with the same tables: they are larger than most of what is compressed.
///
/// For one caller at a time.
@safe package final class ZstdCompressor {
    private let context: OpaquePointer  // Safe: made and freed with this object, and lent to nobody.

    package init() {
        guard let context = unsafe ZSTD_createCCtx() else { preconditionFailure("no memory to compress with") }
        unsafe self.context = context
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Zstd.level)
        // A disk that changes a bit is found out.
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
    }

    /// Adds the compressed form of `bytes` to `output`.
    package func compress(_ bytes: [UInt8], to output: inout [UInt8]) {
        let bound = ZSTD_compressBound(bytes.count)
        output.reserveCapacity(output.count + bound)
        output.append(addingCapacity: bound) { target in
            unsafe target.withUnsafeMutableBufferPointer { target, count in
                // Safe: zstd reads `bytes.count` bytes and writes at most `bound`, for which there is room.
                count += unsafe bytes.withUnsafeBufferPointer { input in
                    let written = unsafe ZSTD_compress2(
                        context,
                        target.baseAddress! + count,
                        bound,
                        input.baseAddress,
                        input.count
                    )
                    precondition(ZSTD_isError(written) == 0, "zstd cannot fail with a buffer of its own bound")
                    return written
                }
            }
        }
    }
}

/// zstd, one buffer at a time.
package enum Zstd {
    /// Fast rather than small: the journal is written on the way to every answer.
    static let level: Int32 = 1

    package static func compress(_ bytes: [UInt8]) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            // Safe: zstd reads `bytes.count` bytes and writes at most `bound`.
            let written = unsafe bytes.withUnsafeBufferPointer { input in
                unsafe ZSTD_compress(output.baseAddress, bound, input.baseAddress, input.count, level)
            }
            precondition(ZSTD_isError(written) == 0, "zstd cannot fail with a buffer of its own bound")
            count = written
        }
    }

    /// How many bytes a frame holds; an error if that is not told, or more than `limit`.
    static func contentSize(of bytes: [UInt8], limit: Int) throws -> Int {
        let size = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe ZSTD_getFrameContentSize(input.baseAddress, input.count)
        }
        // The two largest numbers mean "unknown" and "not zstd".
        guard size <= UInt64(limit) else { throw ZstdError(message: "no zstd frame of a known, sensible size") }
        return Int(size)
    }

    /// - Parameter limit: the most that the result may take; more is an error, not an allocation.
    package static func decompress(_ bytes: [UInt8], limit: Int = 1 << 30) throws -> [UInt8] {
        let size = try contentSize(of: bytes, limit: limit)
        return try unsafe unpacked(size) { output in
            // Safe: zstd writes at most `size` bytes.
            unsafe bytes.withUnsafeBufferPointer { input in
                unsafe ZSTD_decompress(output.baseAddress, size, input.baseAddress, input.count)
            }
        }
    }

    /// What the first frame holds, whatever comes behind it.
    package static func decompressFirst(of bytes: [UInt8], limit: Int) throws -> [UInt8] {
        let count = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe ZSTD_findFrameCompressedSize(input.baseAddress, input.count)
        }
        if ZSTD_isError(count) != 0 { throw ZstdError(message: "no zstd frame") }
        return try unsafe unpacked(limit) { output in
            // Safe: zstd reads `count` bytes, which are there, and writes at most `limit`.
            unsafe bytes.withUnsafeBufferPointer { input in
                unsafe ZSTD_decompress(output.baseAddress, limit, input.baseAddress, count)
            }
        }
    }

    /// The bytes that a call of zstd writes, which gives their count or an error.
    ///
    /// - Parameter size: the most that it may write.
    static func unpacked(_ size: Int, by write: (UnsafeMutableBufferPointer<UInt8>) -> Int) throws -> [UInt8] {
        var failure: String?
        let result = unsafe [UInt8](unsafeUninitializedCapacity: size) { output, count in
            let written = unsafe write(output)
            if ZSTD_isError(written) == 0 {
                count = written
            } else {
                failure = unsafe String(cString: ZSTD_getErrorName(written))
                count = 0
            }
        }
        if let failure { throw ZstdError(message: failure) }
        return result
    }
}
