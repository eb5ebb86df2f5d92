/// Finds sessions among people's events, and counts and measures them.
///
/// A session is all events of one person that share a session id. It is dated by its earliest event, and as long as the
/// clients' clocks say: from its earliest to its latest client time. Source: Documentation/sessions.md S1 to S4.
public struct SessionFold: Sendable {
    private let buckets: BucketTable
    /// Seconds: sessions that begin elsewhere do not count.
    private let shown: Range<UInt32>
    /// Longer sessions count, but have no length.
    private let longestMs: Int64
    private let bin: @Sendable (Int64) -> Int?
    private var open: [Int64: Open] = [:]

    /// By bucket: all sessions, those that have a length, and their milliseconds together.
    public private(set) var counts: [Int]
    public private(set) var measured: [Int]
    public private(set) var milliseconds: [Int64]
    /// By bin: sessions that have a length.
    public private(set) var binned: [Int]

    private struct Open {
        var start: UInt32
        var earliest: Int64
        var latest: Int64
    }

    /// - Parameter bin: the bin of a length in milliseconds, below `binCount`; `nil` if it is in none.
    public init(
        _ buckets: BucketTable,
        shown: Range<UInt32>,
        longestMs: Int64,
        binCount: Int,
        bin: @escaping @Sendable (Int64) -> Int?
    ) {
        self.buckets = buckets
        self.shown = shown
        self.longestMs = longestMs
        self.bin = bin
        binned = Array(repeating: 0, count: binCount)
        counts = Array(repeating: 0, count: buckets.bucketCount)
        measured = counts
        milliseconds = Array(repeating: 0, count: buckets.bucketCount)
    }

    /// Adds all of one person's events that belong to sessions.
    ///
    /// - Parameters:
    ///   - sessions: the session id of each; -1 is none.
    ///   - clientTimes: milliseconds on the sender's clock.
    ///   - seconds: ascending.
    public mutating func add(sessions: Span<Int64>, clientTimes: Span<Int64>, seconds: Span<UInt32>) {
        open.removeAll(keepingCapacity: true)
        for i in sessions.indices where sessions[i] != -1 {
            if var session = open[sessions[i]] {
                session.earliest = min(session.earliest, clientTimes[i])
                session.latest = max(session.latest, clientTimes[i])
                open[sessions[i]] = session
            } else {
                open[sessions[i]] = Open(start: seconds[i], earliest: clientTimes[i], latest: clientTimes[i])
            }
        }
        for session in open.values where shown.contains(session.start) {
            let bucket = buckets.bucket(of: Int64(session.start))
            counts[bucket] += 1
            let (length, isOverflow) = session.latest.subtractingReportingOverflow(session.earliest)
            guard !isOverflow, length <= longestMs else { continue }
            measured[bucket] += 1
            milliseconds[bucket] += length
            if let bin = bin(length) { binned[bin] += 1 }
        }
    }

    /// Takes in another fold over the same buckets, but other people.
    public mutating func merge(_ other: SessionFold) {
        for i in counts.indices {
            counts[i] += other.counts[i]
            measured[i] += other.measured[i]
            milliseconds[i] += other.milliseconds[i]
        }
        for i in binned.indices { binned[i] += other.binned[i] }
    }
}
