import ColumnEngine
import EventModel
import FoldEngine
import QueryModel

/// Counts one or more streams of events over one time axis.
struct CountingScan: EventFold {
    let buckets: BucketTable
    /// Seconds: what counts at all, and from where on it is shown.
    let counted: Range<UInt32>
    let shownFrom: UInt32
    var streams: [CountingStream]
    private var scratch = CountingScratch()
    /// So many different values were counted that memory is at stake: the counts are not complete.
    private(set) var isTooLarge = false

    private static let mostEntries = 4_000_000

    init(_ axis: TimeAxis, streams: [CountingStream]) {
        buckets = BucketTable(axis)
        let chartable = axis.counted.clamped(to: EventBlock.chartableSeconds)
        counted = UInt32(chartable.lowerBound)..<UInt32(chartable.upperBound)
        shownFrom = UInt32(clamping: axis.shown.lowerBound)
        self.streams = streams
    }

    mutating func add(_ events: ScannedEvents) {
        if isTooLarge { return }
        var entries = 0
        for index in streams.indices {
            streams[index].add(events, buckets, counted, shownFrom: shownFrom, &scratch)
            entries += streams[index].fold.size
        }
        isTooLarge = entries > Self.mostEntries
    }

    mutating func merge(_ other: CountingScan) {
        for index in streams.indices { streams[index].fold.merge(other.streams[index].fold) }
        isTooLarge = isTooLarge || other.isTooLarge
    }
}
