import ColumnEngine
import FoldEngine
import QueryModel
import Storage

/// People's sessions, and the days on which they were active.
struct SessionScan: EventFold {
    let axis: TimeAxis
    private(set) var sessions: SessionFold
    private(set) var active: SegmentationFold
    private let buckets: BucketTable
    private let shown: Range<UInt32>

    init(_ axis: TimeAxis, _ bins: SessionLengthBins?) {
        self.axis = axis
        buckets = BucketTable(axis)
        shown = axis.shown.asBlockSeconds
        sessions = SessionFold(
            buckets,
            shown: shown,
            longestMs: SessionLengthBins.longestMs,
            binCount: bins?.count ?? 0
        ) { bins?.index(of: $0) }
        var measures = SegmentationFold.Measures()
        measures.uniques = [.bucket]
        active = SegmentationFold(TallyShape(series: 1, buckets: axis.bucketCount), measures)
    }

    mutating func add(_ events: ScannedEvents) {
        guard let ids = events.block.longs[.sessionID], let clientTimes = events.block.longs[.clientTime] else {
            return
        }
        var session = (ids: [Int64](), clientTimes: [Int64](), seconds: [UInt32]())
        var days: [Int32] = []
        events.forEachPerson { _, indexes in
            session = ([], [], [])
            days = []
            for index in indexes {
                let place = Int(events.places[index])
                let time = events.block.seconds[place]
                if events.masks[index] & 1 != 0 {
                    session.ids.append(ids[place])
                    session.clientTimes.append(clientTimes[place])
                    session.seconds.append(time)
                }
                if events.masks[index] & 2 != 0, shown.contains(time) {
                    days.append(Int32(buckets.bucket(of: Int64(time))))
                }
            }
            sessions.add(
                sessions: session.ids.span,
                clientTimes: session.clientTimes.span,
                seconds: session.seconds.span
            )
            let series = [Int32](repeating: 0, count: days.count)
            let codes: [UInt32] = []
            active.add(buckets: days.span, series: series.span, codes: codes.span)
        }
    }

    mutating func merge(_ other: SessionScan) {
        sessions.merge(other.sessions)
        active.merge(other.active)
    }
}
