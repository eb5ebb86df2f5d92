/// Tells which rows of a column are NULL. Lent to a closure by `Chunk`; not copyable, so it cannot leave it.
@safe public struct Validity: ~Copyable {
    /// A bit per row, 1 for a value and 0 for NULL; nil if no row is NULL.
    @usableFromInline let words: UnsafePointer<UInt64>?  // Safe: holds `count` bits, and lives as long as the chunk.
    public let count: Int

    @unsafe init(words: UnsafePointer<UInt64>?, count: Int) {
        unsafe self.words = words
        self.count = count
    }

    /// True if DuckDB promises that no row is NULL. False promises nothing.
    @inlinable public var isAllValid: Bool { unsafe words == nil }

    /// Whether the row holds a value.
    @inlinable public func isValid(_ row: Int) -> Bool {
        precondition(row >= 0 && row < count, "Row \(row) is outside the chunk's \(count) rows.")
        guard let words = unsafe words else { return true }
        return unsafe words[row &>> 6] &>> UInt64(row & 63) & 1 == 1
    }
}
