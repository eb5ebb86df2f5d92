/// Into how much work is split that is shared by threads or done bit by bit. Tests make it small.
struct WorkSplit: Sendable {
    /// So many events at a time bound the memory that reading takes, beside what is kept.
    var eventsPerSegment = 4_000_000
    /// Fewer are not worth a thread.
    var eventsPerThread = 100_000
    var threads = ProcessorCount.active

    static let standard = WorkSplit()

    /// Segments of these rows, each in parts for the threads.
    func segments(of rows: Range<Int>) -> [[Range<Int>]] {
        stride(from: rows.lowerBound, to: rows.upperBound, by: eventsPerSegment).map { first in
            parts(of: first..<min(first + eventsPerSegment, rows.upperBound))
        }
    }

    /// About equal parts, one for each thread.
    func parts(of rows: Range<Int>) -> [Range<Int>] {
        rows.parts(max(1, min(threads, rows.count / max(1, eventsPerThread))))
    }
}

extension Range<Int> {
    /// This range in so many parts of about equal size.
    func parts(_ count: Int) -> [Range<Int>] {
        (0..<count).map { part in
            lowerBound + self.count * part / count..<lowerBound + self.count * (part + 1) / count
        }
    }
}
