// Spans of several arrays at once. Where they are properties of one value, a span of one would bar the others, and each
// would have to be an argument of its own.

/// Lends the elements of two arrays.
@inline(__always)
func withSpans<A, B, Answer>(
    _ a: inout [A],
    _ b: inout [B],
    _ body: (inout MutableSpan<A>, inout MutableSpan<B>) -> Answer
) -> Answer {
    var spanA = a.mutableSpan
    var spanB = b.mutableSpan
    return body(&spanA, &spanB)
}

/// Lends the elements of three arrays.
@inline(__always)
func withSpans<A, B, C, Answer>(
    _ a: inout [A],
    _ b: inout [B],
    _ c: inout [C],
    _ body: (inout MutableSpan<A>, inout MutableSpan<B>, inout MutableSpan<C>) -> Answer
) -> Answer {
    var spanA = a.mutableSpan
    var spanB = b.mutableSpan
    var spanC = c.mutableSpan
    return body(&spanA, &spanB, &spanC)
}
