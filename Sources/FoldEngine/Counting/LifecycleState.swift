/// What somebody is in a period. Source: Documentation/asking.md Q12, metrics.md V16.
enum LifecycleState: Int {
    case new
    /// Was there in the period before, too.
    case returning
    /// Was not, and is not new.
    case resurrected
    /// Was there in the period before alone.
    case dormant

    /// Calls `body` with each state of one person, its period, and the index of what says so: the first one of the period or,
    /// of who is dormant, the last one of the period before.
    ///
    /// - Parameters:
    ///   - active: periods, ascending; one may stand there several times, and -1 is the one before those that are counted.
    ///   - newIn: the period in which they are new; any other number if in none of these.
    ///   - buckets: periods that are counted.
    @inline(__always)
    static func forEach(
        active: Span<Int32>,
        newIn: Int32,
        buckets: Int,
        _ body: (_ state: LifecycleState, _ bucket: Int, _ index: Int) -> Void
    ) {
        var last: Int32 = -2
        for index in active.indices where active[index] != last {
            let bucket = active[index]
            // Whoever was there last time, and not in the period after, is dormant in that.
            if last >= -1, last + 1 < bucket { body(.dormant, Int(last + 1), index - 1) }
            if bucket >= 0 {
                let isNext = last >= -1 && bucket == last + 1
                body(bucket == newIn ? .new : isNext ? .returning : .resurrected, Int(bucket), index)
            }
            last = bucket
        }
        if last >= -1, Int(last) + 1 < buckets { body(.dormant, Int(last) + 1, active.count - 1) }
    }
}
