private import CZstd

/// Bytes that claim to be zstd-compressed are not.
package struct ZstdError: Error {
    package var message: String
}

/// zstd, one buffer at a time.
package enum Zstd {
    /// Fast rather than small: the journal is written on the way to every answer.
    private static let level: Int32 = 1

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

    /// - Parameter limit: the most that the result may take; more is an error, not an allocation.
    package static func decompress(_ bytes: [UInt8], limit: Int = 1 << 30) throws -> [UInt8] {
        let size = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe ZSTD_getFrameContentSize(input.baseAddress, input.count)
        }
        // The two largest numbers mean "unknown" and "not zstd".
        guard size <= UInt64(limit) else { throw ZstdError(message: "no zstd frame of a known, sensible size") }
        var failure: String?
        let result = unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { output, count in
            // Safe: zstd writes at most `size` bytes.
            let written = unsafe bytes.withUnsafeBufferPointer { input in
                unsafe ZSTD_decompress(output.baseAddress, Int(size), input.baseAddress, input.count)
            }
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
