/// One person's returns, asked on which days after a start they are: sets of days, a bit for each.
///
/// For few starts and returns each pair is looked at. For many, the days are found first as they are counted from each hour
/// of the day, so that those after a start are a shift by whole days: 24 sets are then filled once a person, but each start
/// costs the same however many returns there are.
struct ReturnDays: Sendable {
    /// In which returns count.
    private let hours: Int32
    /// Words of a set of days.
    let words: Int
    private var isTabled = false
    /// By hour of the day: the days with returns at that hour.
    private var daysAt: [UInt64]
    /// By hour of the day: the days with returns where each day begins at that hour.
    private var daysFrom: [UInt64]

    init(days: Int) {
        hours = Int32(clamping: days * 24)
        words = (days + 63) / 64
        daysAt = Array(repeating: 0, count: 24 * words)
        daysFrom = daysAt
    }

    /// - Parameters:
    ///   - returns: hours. Given again with each start.
    ///   - starts: how many will be asked for.
    mutating func begin(_ returns: Span<Int32>, starts: Int) {
        // About what filling the sets costs, in pairs.
        isTabled = starts * returns.count > 24 * words
        if isTabled { Self.fill(&daysAt, &daysFrom, returns, words: words, hours: hours) }
    }

    private static func fill(
        _ daysAt: inout [UInt64],
        _ daysFrom: inout [UInt64],
        _ returns: Span<Int32>,
        words: Int,
        hours: Int32
    ) {
        var daysAt = daysAt.mutableSpan
        var daysFrom = daysFrom.mutableSpan
        for index in daysAt.indices { daysAt[index] = 0 }
        for index in returns.indices {
            let hour = returns[index]
            guard 0 <= hour && hour < hours else { continue }
            let (day, hourOfDay) = Int(hour).quotientAndRemainder(dividingBy: 24)
            daysAt[hourOfDay * words + day / 64] |= 1 << UInt64(day % 64)
        }
        for word in 0..<words {
            var later: UInt64 = 0
            for hour in (0..<24).reversed() {
                later |= daysAt[hour * words + word]
                daysFrom[hour * words + word] = later
            }
            // What is at an earlier hour belongs to the day before.
            var (earlier, next): (UInt64, UInt64) = (0, 0)
            for hour in 1..<24 {
                earlier |= daysAt[(hour - 1) * words + word]
                if word + 1 < words { next |= daysAt[(hour - 1) * words + word + 1] }
                daysFrom[hour * words + word] |= earlier >> 1 | next << 63
            }
        }
    }

    /// Adds the days, counted from a start, on which there are returns.
    ///
    /// - Parameters:
    ///   - start: of its bits, the first is that of the day that begins with its hour.
    ///   - row: the index of the first of as many words as days need.
    ///   - isNew: all ones if what is in the row is to be forgotten, else 0.
    @inline(__always)
    func add(
        _ returns: Span<Int32>,
        after start: RetentionStart,
        toRow row: Int,
        isNew: Int,
        _ rows: inout MutableSpan<UInt64>
    ) {
        let keep = UInt64(bitPattern: Int64(~isNew))
        let counted = UInt64.max &<< UInt64(truncatingIfNeeded: start.firstDay)
        if words == 2, !isTabled { return addPairs(returns, after: start.hour, counted, row, keep, &rows) }
        for word in 0..<words { rows[row &+ word] &= keep }
        if isTabled { return addShifted(after: start.hour, counted, row, &rows) }
        // One comparison for both: not before the start, and within the hours that count.
        let first = start.hour &+ 24 &* start.firstDay
        let rest = UInt32(max(0, hours - first))
        for index in returns.indices {
            let elapsed = UInt32(bitPattern: returns[index] &- start.hour)
            if UInt32(bitPattern: returns[index] &- first) < rest {
                rows[row + Int(elapsed / 1536)] |= 1 << UInt64(elapsed / 24 % 64)
            }
        }
    }

    /// Two words are what some months take: without a branch on whether a return counts, and where.
    @inline(__always)
    private func addPairs(
        _ returns: Span<Int32>,
        after start: Int32,
        _ counted: UInt64,
        _ row: Int,
        _ keep: UInt64,
        _ rows: inout MutableSpan<UInt64>
    ) {
        let rest = Int(max(0, hours &- start))
        var (low, high) = (0 as UInt64, rows[row &+ 1] & keep)
        for index in returns.indices {
            let elapsed = UInt32(bitPattern: returns[index] &- start)
            let day = Int(elapsed / 24)
            let bit = (1 as UInt64) &<< UInt64(day) & UInt64(bitPattern: Int64(Mask.isLess(Int(elapsed), rest)))
            let isLow = UInt64(bitPattern: Int64(Mask.isLess(day, 64)))
            low |= bit & isLow
            high |= bit & ~isLow
        }
        (rows[row], rows[row &+ 1]) = (rows[row] & keep | low & counted, high)
    }

    private func addShifted(after start: Int32, _ counted: UInt64, _ row: Int, _ rows: inout MutableSpan<UInt64>) {
        let (day, hourOfDay) = Int(start).quotientAndRemainder(dividingBy: 24)
        let (skipped, bits) = (day / 64, UInt64(day % 64))
        let source = daysFrom.span.extracting(hourOfDay * words..<(hourOfDay + 1) * words)
        var target = 0
        while target + skipped < words {
            var shifted = source[target + skipped] >> bits
            if bits > 0, target + skipped + 1 < words { shifted |= source[target + skipped + 1] << (64 - bits) }
            rows[row + target] |= target == 0 ? shifted & counted : shifted
            target += 1
        }
    }
}
