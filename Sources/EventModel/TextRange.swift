/// Where a text lies among the bytes of its batch.
public struct TextRange: Hashable, Sendable, BitwiseCopyable {
    /// No text, which is something else than an empty one.
    public static let none = TextRange(start: .max, count: 0)

    public var start: UInt32
    /// Number of bytes.
    public var count: UInt32

    public init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }

    /// - Precondition: the bytes lie within the first 4 GB.
    public init(_ range: Range<Int>) {
        self.init(start: UInt32(range.lowerBound), count: UInt32(range.count))
    }

    public var isNone: Bool { start == .max }

    /// - Precondition: there is a text.
    public var range: Range<Int> {
        precondition(!isNone, "there is no text")
        return Int(start)..<Int(start) + Int(count)
    }

    /// The same text after `offset` other bytes were put in front.
    public func moved(by offset: Int) -> TextRange {
        isNone ? .none : TextRange(start: UInt32(Int(start) + offset), count: count)
    }
}
