/// Some people in the cohorts that their starts put them in, a row each: the days, or columns, in which they came back. The
/// rows of a person in a series are next to each other, ascending by bucket.
struct CohortRows: Sendable {
    /// 64-bit words of a row.
    let width: Int
    /// At row × width: bits. The array may go on.
    private(set) var words: [UInt64] = []
    /// By row: series × buckets + bucket.
    private(set) var cells: [Int32] = []
    /// By row: tells people, and for each their series, apart.
    private(set) var members: [Int] = []
    private(set) var count = 0

    init(width: Int) {
        self.width = width
    }

    private mutating func makeRoom(_ room: Int) {
        words.fill(upTo: room * width, with: 0)
        cells.fill(upTo: room, with: 0)
        members.fill(upTo: room, with: 0)
    }

    // MARK: Days

    /// Finds the days after their starts on which people came back.
    ///
    /// - Complexity: for each person O(starts × series of them + starts × days / 64 + returns), no allocation.
    mutating func findDays(
        _ starts: Span<RetentionStart>,
        _ returns: Span<Int32>,
        _ people: Span<RetentionEnds>,
        _ shape: RetentionShape,
        _ returnDays: inout ReturnDays
    ) {
        makeRoom(starts.count)
        let width = width
        var place = Place()
        withSpans(&words, &cells, &members) { words, cells, members in
            var last = RetentionEnds(starts: 0, returns: 0)
            for person in people.indices {
                let ends = people[person]
                let own = starts.extracting(Int(last.starts)..<Int(ends.starts))
                let ownReturns = returns.extracting(Int(last.returns)..<Int(ends.returns))
                returnDays.begin(ownReturns, starts: own.count)
                var next = Self.nextSeries(of: own, after: -1, shape)
                while let series = next {
                    for index in own.indices where own[index].series == series {
                        let start = own[index]
                        let cell = Int(series) &* shape.buckets &+ Int(start.bucket)
                        let isNew = place.advance(person << 32 | cell)
                        returnDays.add(ownReturns, after: start, toRow: place.row &* width, isNew: isNew, &words)
                        cells[place.row] = Int32(truncatingIfNeeded: cell)
                        members[place.row] = person &* shape.series &+ Int(series)
                    }
                    next = Self.nextSeries(of: own, after: series, shape)
                }
                last = ends
            }
        }
        count = place.row + 1
    }

    /// The rows that are written: a new one where the key changes.
    private struct Place {
        var row = -1
        var key = -1

        /// - Returns: all ones if the row is a new one.
        mutating func advance(_ key: Int) -> Int {
            let isNew = Mask.differs(key, self.key)
            row &-= isNew
            self.key = key
            return isNew
        }
    }

    /// The lowest series above one of which there is a start.
    @inline(__always)
    private static func nextSeries(
        of starts: Span<RetentionStart>,
        after series: Int32,
        _ shape: RetentionShape
    ) -> Int32? {
        if shape.series == 1 { return series < 0 && !starts.isEmpty ? 0 : nil }
        var next: Int32?
        for index in starts.indices where starts[index].series > series {
            next = min(next ?? .max, starts[index].series)
        }
        return next
    }

    // MARK: Columns

    /// From days to columns that are not days.
    mutating func findColumns(_ mode: RetentionShape.Mode, columns: Int) {
        var row = [UInt64](repeating: 0, count: width)
        for first in stride(from: 0, to: count * width, by: width) {
            for word in 0..<width { row[word] = 0 }
            for word in 0..<width {
                var rest = words[first + word]
                while rest != 0 {
                    let day = word * 64 + rest.trailingZeroBitCount
                    rest &= rest - 1
                    mode.forEachColumn(ofDay: day, columns) { row[$0 / 64] |= 1 << UInt64($0 % 64) }
                }
            }
            for word in 0..<width { words[first + word] = row[word] }
        }
    }

    // MARK: Of people

    /// Finds for each person in a series the columns of all rows, of each row those that are in `masks` at its bucket × width.
    ///
    /// - Parameters:
    ///   - rows: one for each cohort.
    ///   - firsts: by cell: people whose first row it is; is added to.
    mutating func unite(_ rows: CohortRows, _ masks: [UInt64], _ shape: RetentionShape, _ firsts: inout [Int]) {
        makeRoom(rows.count)
        count = Self.unite(rows, masks, shape, &firsts, &words, &cells)
    }

    private static func unite(
        _ rows: CohortRows,
        _ masks: [UInt64],
        _ shape: RetentionShape,
        _ firsts: inout [Int],
        _ words: inout [UInt64],
        _ cells: inout [Int32]
    ) -> Int {
        let (width, ownWords, ownCells, members) = (rows.width, rows.words.span, rows.cells.span, rows.members.span)
        let masks = masks.span
        let cohorts = Int32(firsts.count)
        var firsts = firsts.mutableSpan
        var words = words.mutableSpan
        var cells = cells.mutableSpan
        var place = Place()
        for row in 0..<rows.count {
            let cell = ownCells[row]
            let isNew = place.advance(members[row])
            firsts[Int(cell)] &-= isNew
            let (series, bucket) =
                shape.series == 1 ? (0, cell) : cell.quotientAndRemainder(dividingBy: Int32(shape.buckets))
            let keep = UInt64(bitPattern: Int64(~isNew))
            for word in 0..<width {
                let own = ownWords[row &* width &+ word] & masks[Int(bucket) &* width &+ word]
                let index = place.row &* width &+ word
                words[index] = (words[index] & keep) | own
            }
            cells[place.row] = cohorts &+ series
        }
        return place.row + 1
    }
}

extension RetentionShape.Mode {
    /// Calls `body` with each column in which somebody came back who came back on a day.
    fileprivate func forEachColumn(ofDay day: Int, _ columns: Int, _ body: (Int) -> Void) {
        switch self {
        case .interval(let days): if day / days < columns { body(day / days) }
        case .intervalOrLater(let days): for column in 0...min(day / days, columns - 1) { body(column) }
        case .brackets(let brackets):
            for (column, bracket) in brackets.prefix(columns).enumerated() where bracket.contains(day) { body(column) }
        }
    }
}
