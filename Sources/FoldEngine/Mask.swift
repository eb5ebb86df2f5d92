/// Comparisons as numbers whose bits are all ones where they hold, and else all zeros: by arithmetic alone, out of which the
/// compiler makes no branch. What cannot be foreseen of an event costs more as a branch than all that is done for the event.
public enum Mask {
    /// - Precondition: the difference of the two is less than 2⁶³.
    @inlinable @inline(__always)
    public static func isLess(_ a: Int, _ b: Int) -> Int { (a &- b) >> 63 }

    @inlinable @inline(__always)
    public static func differs(_ a: Int, _ b: Int) -> Int {
        let difference = a ^ b
        return (difference | (0 &- difference)) >> 63
    }

    /// `a` where the mask is ones, else `b`.
    @inlinable @inline(__always)
    public static func choose(_ mask: Int, _ a: Int, _ b: Int) -> Int { (a & mask) | (b & ~mask) }
}
