/// Ends work over what may be millions of values when the caller has gone: to be asked for each of them.
struct CancellationCheck {
    private var count = 0

    @inline(__always)
    mutating func next() throws(QueryError) {
        count &+= 1
        if count & 1023 == 0, Task.isCancelled { throw .cancelled }
    }
}
