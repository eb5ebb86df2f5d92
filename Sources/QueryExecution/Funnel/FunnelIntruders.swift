/// What comes between the steps of a funnel of which each is to follow on the one before: whatever makes people active.
///
/// Source: Documentation/funnels.md F5.
struct FunnelIntruders {
    /// By event type: whether it makes people active.
    var isActive: [Bool]
    /// Where the events of each person in the block begin, and where the last one's end.
    var starts: [UInt32]

    @inline(__always)
    private func isActive(_ type: some FixedWidthInteger) -> Bool { Int(type) < isActive.count && isActive[Int(type)] }

    /// Whether one of them lies between two events of a person, in a second of its own.
    @inline(__always)
    func areBetween(
        _ first: Int,
        _ last: Int,
        _ types: Span<some FixedWidthInteger>,
        _ seconds: Span<UInt32>
    ) -> Bool {
        let (from, to) = (seconds[first], seconds[last])
        for place in first + 1..<last where isActive(types[place]) {
            if seconds[place] != from, seconds[place] != to { return true }
        }
        return false
    }

    /// Whether steps may follow on each other past an event: neither it nor another of its person's in its second is one of
    /// them.
    @inline(__always)
    func letPass(_ place: Int, _ types: Span<some FixedWidthInteger>, _ seconds: Span<UInt32>) -> Bool {
        // Mostly what is a step makes people active, and nothing is searched for.
        if isActive(types[place]) { return false }
        let own = places(ofWhoDid: place)
        var other = place
        while other > own.lowerBound, seconds[other - 1] == seconds[place] {
            other -= 1
            if isActive(types[other]) { return false }
        }
        other = place + 1
        while other < own.upperBound, seconds[other] == seconds[place] {
            if isActive(types[other]) { return false }
            other += 1
        }
        return true
    }

    /// Where all events of the person lie who did one.
    private func places(ofWhoDid place: Int) -> Range<Int> {
        var range = 0..<starts.count - 1
        while range.count > 1 {
            let middle = range.lowerBound + range.count / 2
            range = Int(starts[middle]) <= place ? middle..<range.upperBound : range.lowerBound..<middle
        }
        return Int(starts[range.lowerBound])..<Int(starts[range.upperBound])
    }
}
