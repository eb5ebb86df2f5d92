/// One person's returns, asked on which days after a start they are: sets of days, a bit for each.
///
/// For few starts and returns each pair is looked at. For many, the returns are split by hour of the day first, so that
/// "n days after a start" is a shift by whole days: 24 sets are then filled once a person, but each start costs the same
/// however many returns there are.
struct ReturnDays: Sendable {
    /// Days, and hours, in which returns count.
    private let days: Int
    private let hours: Int32
    /// Words of a set of days.
    let words: Int
    private var isTabled = false
    /// By hour of the day: the days with returns at this hour or later, and with returns before it.
    private var atOrAfter: [UInt64]
    private var before: [UInt64]

    init(days: Int) {
        self.days = days
        hours = Int32(clamping: days * 24)
        words = (days + 63) / 64
        atOrAfter = Array(repeating: 0, count: 24 * words)
        before = atOrAfter
    }

    /// - Parameters:
    ///   - returns: hours. Given again with each start.
    ///   - starts: how many will be asked for.
    mutating func begin(_ returns: [Int32], starts: Int) {
        // About what filling the sets costs, in pairs.
        isTabled = starts * returns.count > 32 * words
        if isTabled { Self.fill(&atOrAfter, &before, returns, words: words, hours: hours) }
    }

    private static func fill(
        _ atOrAfter: inout [UInt64],
        _ before: inout [UInt64],
        _ returns: [Int32],
        words: Int,
        hours: Int32
    ) {
        var atOrAfter = atOrAfter.mutableSpan
        var before = before.mutableSpan
        for index in atOrAfter.indices { atOrAfter[index] = 0 }
        for hour in returns where 0 <= hour && hour < hours {
            let (day, hourOfDay) = Int(hour).quotientAndRemainder(dividingBy: 24)
            atOrAfter[hourOfDay * words + day / 64] |= 1 << UInt64(day % 64)
        }
        for word in 0..<words {
            var earlier: UInt64 = 0
            for hour in 0..<24 {
                before[hour * words + word] = earlier
                earlier |= atOrAfter[hour * words + word]
            }
            var later: UInt64 = 0
            for hour in (0..<24).reversed() {
                later |= atOrAfter[hour * words + word]
                atOrAfter[hour * words + word] = later
            }
        }
    }

    /// Adds the days, counted from a start, on which there are returns.
    @inline(__always)
    func add(_ returns: [Int32], after start: Int32, to set: inout [UInt64]) {
        if isTabled {
            let (day, hourOfDay) = Int(start).quotientAndRemainder(dividingBy: 24)
            // A return at an earlier hour of the day belongs to the window of the day before.
            shift(atOrAfter, hourOfDay, by: day, into: &set)
            shift(before, hourOfDay, by: day + 1, into: &set)
            return
        }
        // One comparison for both: not before the start, and within the hours that count.
        let rest = UInt32(max(0, hours - start))
        var set = set.mutableSpan
        for hour in returns {
            let elapsed = UInt32(bitPattern: hour &- start)
            if elapsed < rest { set[Int(elapsed / 1536)] |= 1 << UInt64(elapsed / 24 % 64) }
        }
    }

    private func shift(_ sets: [UInt64], _ hourOfDay: Int, by days: Int, into set: inout [UInt64]) {
        let (skipped, bits) = (days / 64, UInt64(days % 64))
        let source = sets.span.extracting(hourOfDay * words..<(hourOfDay + 1) * words)
        var set = set.mutableSpan
        var target = 0
        while target + skipped < words {
            var shifted = source[target + skipped] >> bits
            if bits > 0, target + skipped + 1 < words { shifted |= source[target + skipped + 1] << (64 - bits) }
            set[target] |= shifted
            target += 1
        }
    }
}
