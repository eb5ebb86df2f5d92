private import CZstd

/// Tells bytes by what they differ in from others, with zstd: what is in both is referred to, wherever it stands.
///
/// For one caller at a time: its tables are larger than most of what goes through them.
@safe package final class ZstdPatcher {
    // Safe: made and freed with this object, and lent to nobody.
    private let compressor: OpaquePointer
    private let decompressor: OpaquePointer

    package init() {
        guard let compressor = unsafe ZSTD_createCCtx(), let decompressor = unsafe ZSTD_createDCtx() else {
            preconditionFailure("no memory to compress with")
        }
        unsafe self.compressor = compressor
        unsafe self.decompressor = decompressor
        _ = unsafe ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel, Zstd.level)
        // Another base than the right one is found out.
        _ = unsafe ZSTD_CCtx_setParameter(compressor, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        unsafe ZSTD_freeCCtx(compressor)
        unsafe ZSTD_freeDCtx(decompressor)
    }

    /// What makes `bytes` of `base`.
    package func patch(from base: Span<UInt8>, to bytes: Span<UInt8>) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        var patch: [UInt8] = []
        // Safe: zstd reads both within the call, and writes at most `bound` bytes, for which there is room.
        unsafe base.withUnsafeBufferPointer { base in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe patch = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
                    _ = unsafe ZSTD_CCtx_refPrefix(compressor, base.baseAddress, base.count)
                    let written = unsafe ZSTD_compress2(
                        compressor,
                        target.baseAddress,
                        bound,
                        bytes.baseAddress,
                        bytes.count
                    )
                    precondition(ZSTD_isError(written) == 0, "zstd cannot fail with a buffer of its own bound")
                    count = written
                }
            }
        }
        return patch
    }

    /// How many bytes a patch makes of its base.
    package static func size(of patch: [UInt8], limit: Int) throws -> Int {
        try Zstd.contentSize(of: patch, limit: limit)
    }

    /// The bytes that a patch makes of its base.
    ///
    /// - Parameter limit: the most that they may take; more is an error, not an allocation.
    /// - Throws: if it is no patch, or one of another base.
    package func apply(_ patch: [UInt8], to base: Span<UInt8>, limit: Int) throws -> [UInt8] {
        let size = try Zstd.contentSize(of: patch, limit: limit)
        // Safe: zstd reads both within the call, and writes at most `size` bytes.
        return try unsafe base.withUnsafeBufferPointer { base in
            try unsafe Zstd.unpacked(size) { target in
                _ = unsafe ZSTD_DCtx_refPrefix(decompressor, base.baseAddress, base.count)
                return unsafe patch.withUnsafeBufferPointer { patch in
                    unsafe ZSTD_decompressDCtx(decompressor, target.baseAddress, size, patch.baseAddress, patch.count)
                }
            }
        }
    }
}
