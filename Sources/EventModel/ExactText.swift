private import Foundation

/// Text as a key, compared by its code points: "é" written as one or as two code points are two texts.
///
/// Swift's `String ==` calls those two equal; ids, names and values of a project are told apart
/// (Documentation/events-and-identity.md E7), so whatever looks them up is keyed by this.
public struct ExactText: Hashable, Comparable, Sendable {
    public let string: String

    public init(_ string: String) {
        self.string = string
    }

    public static func == (lhs: ExactText, rhs: ExactText) -> Bool {
        let (a, b) = (lhs.string.utf8Span.span, rhs.string.utf8Span.span)
        guard a.count == b.count else { return false }
        // Safe: both spans are read within the call, and have this many bytes.
        return unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe a.isEmpty || memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0
            }
        }
    }

    public static func < (lhs: ExactText, rhs: ExactText) -> Bool {
        lhs.string.utf8.lexicographicallyPrecedes(rhs.string.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = string
        // Safe: the hasher reads the buffer within the call.
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
