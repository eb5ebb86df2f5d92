/// The texts or byte strings of one column. Lent to a closure by `Chunk`; not copyable, so it cannot leave it.
@safe public struct StringColumn: ~Copyable {
    /// DuckDB's strings, 16 bytes each: the length as UInt32; then up to 12 bytes, or 4 bytes and a pointer to all.
    @usableFromInline let strings: UnsafeRawPointer  // Safe: `count` of them, and they live as long as the chunk.
    public let validity: Validity

    @unsafe init(strings: UnsafeRawPointer, validity: consuming Validity) {
        unsafe self.strings = unsafe strings
        self.validity = validity
    }

    @inlinable public var count: Int { validity.count }

    /// Lends the row's bytes, or nil if the row is NULL. Text is valid UTF-8.
    @inlinable public func withBytes<Result, Failure: Error>(
        _ row: Int,
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard validity.isValid(row) else { return try body(nil) }
        // Safe: `isValid` checked the row, and only a NULL row's string may be uninitialized.
        let string = unsafe strings + row &* 16
        let length = unsafe Int(string.load(as: UInt32.self))
        let bytes = unsafe length <= 12 ? string + 4 : (string + 8).load(as: UnsafeRawPointer.self)
        return try body(unsafe UnsafeRawBufferPointer(start: bytes, count: length).bindMemory(to: UInt8.self).span)
    }

    /// The row's text, or nil if the row is NULL.
    public subscript(_ row: Int) -> String? {
        withBytes(row) { bytes in
            // Safe: the buffer is used while the span is alive.
            unsafe bytes?.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }
}
