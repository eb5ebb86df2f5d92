/// How long people took to each step, and the cell in which they count: written down as they come, so that little is done
/// for each, and put in order of cells a chunk at a time.
struct DurationLog: Sendable {
    /// The duration to a step that was not reached.
    private static let none = UInt32.max
    private let stepCount: Int
    private let cellCount: Int
    private let rowsPerChunk: Int
    /// By row, those that are not in a chunk yet.
    private var cells: [Int32] = []
    /// At row × (steps - 1): seconds to each step from the one before.
    private var seconds: [UInt32] = []
    private var count = 0
    private var chunks: [Chunk] = []

    private struct Chunk: Sendable {
        /// By cell: its first row; one more than there are cells.
        var starts: [UInt32]
        /// By step from the second on, seconds by row.
        var columns: [[UInt32]]

        func rows(ofCell cell: Int) -> Range<Int> { Int(starts[cell])..<Int(starts[cell + 1]) }
    }

    init(stepCount: Int, cells: Int) {
        self.stepCount = stepCount
        cellCount = cells
        // Of many cells, rows enough that looking for a cell's costs less than they do; but not so many that they are much.
        rowsPerChunk = max(16_384, cells, min(16 * cells, 1 << 20))
    }

    /// Writes down the ways of those who reach a second step.
    mutating func append(_ counted: CountedWays, of ways: Ways, tiles: Int) {
        if count > 0, count + counted.count > rowsPerChunk { seal() }
        cells.fill(upTo: count + counted.count + 1, with: 0)
        seconds.fill(upTo: (count + counted.count + 1) * (stepCount - 1), with: 0)
        if stepCount == 3 {
            Self.append(counted, ways, 1, 3, &cells, &seconds, &count)
        } else {
            Self.append(counted, ways, tiles, stepCount, &cells, &seconds, &count)
        }
    }

    /// Each is written, and kept if it comes far enough.
    @inline(__always)
    private static func append(
        _ counted: CountedWays,
        _ ways: Ways,
        _ tiles: Int,
        _ stepCount: Int,
        _ cells: inout [Int32],
        _ seconds: inout [UInt32],
        _ count: inout Int
    ) {
        let (own, ownCells) = (counted.ways.span, counted.cells.span)
        let (rows, heads) = (ways.rows.span, ways.heads.span)
        var cells = cells.mutableSpan
        var seconds = seconds.mutableSpan
        var next = count
        for index in 0..<counted.count {
            let way = Int(own[index])
            let reached = Int(heads[way].reached)
            cells[next] = ownCells[index]
            var before = rows[way &* tiles][0]
            for step in 1..<stepCount {
                let time = rows[way &* tiles &+ step / 4][step % 4]
                let duration = UInt32(bitPattern: time &- before)
                seconds[next &* (stepCount &- 1) &+ step &- 1] = step < reached ? duration : none
                before = time
            }
            next &-= Mask.isLess(1, reached)
        }
        count = next
    }

    /// Puts what is not in a chunk into one.
    private mutating func seal() {
        if count > 0 { chunks.append(chunk()) }
        count = 0
    }

    private func chunk() -> Chunk {
        var starts = [UInt32](repeating: 0, count: cellCount + 1)
        for cell in cells[..<count] { starts[Int(cell) + 1] += 1 }
        for cell in 0..<cellCount { starts[cell + 1] += starts[cell] }
        var next = starts
        let places = cells[..<count].map { cell in
            defer { next[Int(cell)] += 1 }
            return next[Int(cell)]
        }
        return Chunk(starts: starts, columns: (0..<stepCount - 1).map { column($0, places) })
    }

    /// - Parameter places: by row, where it comes.
    private func column(_ number: Int, _ places: [UInt32]) -> [UInt32] {
        var column = [UInt32](repeating: 0, count: count)
        let width = stepCount - 1
        let (places, seconds) = (places.span, seconds.span)
        for row in 0..<count { column[Int(places[row])] = seconds[row &* width &+ number] }
        return column
    }

    mutating func merge(_ other: DurationLog) {
        seal()
        var other = other
        other.seal()
        chunks += other.chunks
    }

    /// How long people took to a step from the one before, or for step 0 from the first step to the last; of those who
    /// came there.
    func seconds(cell: Int, step: Int) -> [UInt32] {
        let chunks = count == 0 ? chunks : chunks + [chunk()]
        var seconds: [UInt32] = []
        seconds.reserveCapacity(chunks.reduce(0) { $0 + $1.rows(ofCell: cell).count })
        for chunk in chunks {
            let rows = chunk.rows(ofCell: cell)
            if step > 0 {
                seconds.append(contentsOf: chunk.columns[step - 1][rows])
            } else {
                appendSums(chunk.columns, rows, to: &seconds)
            }
        }
        if seconds.contains(Self.none) { seconds.removeAll { $0 == Self.none } }
        return seconds
    }

    private func appendSums(_ columns: [[UInt32]], _ rows: Range<Int>, to seconds: inout [UInt32]) {
        let first = seconds.count
        seconds.append(contentsOf: columns[columns.count - 1][rows])
        var seconds = seconds.mutableSpan
        for column in columns.dropLast() {
            let column = column.span
            for index in rows.indices {
                let place = first &+ index &- rows.lowerBound
                seconds[place] = seconds[place] == Self.none ? Self.none : seconds[place] &+ column[index]
            }
        }
    }
}
