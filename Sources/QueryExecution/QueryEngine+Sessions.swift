import ColumnEngine
import EventModel
import FoldEngine
public import QueryModel
import Storage

extension QueryEngine {
    /// Source: Documentation/sessions.md S1 to S7.
    public func sessions(
        _ query: SessionQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> SessionAnswer {
        let plan = try await plan(query, context)
        let (axis, result) = (
            plan.axis, try await folding { try await plan.data.fold(plan.nothing, over: plan.scan) }
        )
        switch query.measure {
        case .lengths: return .counts(result.sessions.binned)
        case .averageLength:
            return .days(
                axis,
                zip(result.sessions.milliseconds, result.sessions.measured).map { sum, count in
                    count == 0 ? 0 : Double(sum) / 1000 / Double(count)
                }
            )
        case .perPerson:
            let people = result.active.uniques(of: 0).buckets
            return .days(axis, zip(result.sessions.counts, people).map { $1 == 0 ? 0 : Double($0) / $1 })
        }
    }

    /// What is folded, and over what.
    func plan(
        _ query: SessionQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> (axis: TimeAxis, data: EventData, nothing: SessionScan, scan: EventScan) {
        let axis = TimeAxis(query.range, .day, in: context.zone)
        let (data, names) = try await data(needing: [], events: [], longs: [.sessionID, .clientTime])
        let matchers = MatcherPlan(data: data, names: names, context: context)
        // A session may begin before the range, or end after it: all events are looked at.
        let scan = EventScan(
            times: 0..<Int64(UInt32.max) + 1,
            matchers: [
                EventScan.Matcher(types: matchers.sessionTypes), EventScan.Matcher(types: matchers.types(.anyActive)),
            ]
        )
        return (axis, data, SessionScan(axis, query.measure.bins), scan)
    }
}

extension MatcherPlan {
    /// By event type: whether its events belong to sessions.
    fileprivate var sessionTypes: [Bool] {
        var types = types(.anyActive)
        for type in names.countedTypes where context.hiddenTypes.contains(type.value) { types[Int(type.key)] = false }
        return types
    }
}

/// People's sessions, and the days on which they were active.
struct SessionScan: EventFold {
    private(set) var sessions: SessionFold
    private(set) var active: SegmentationFold
    private let buckets: BucketTable
    private let shown: Range<UInt32>

    init(_ axis: TimeAxis, _ bins: SessionLengthBins?) {
        buckets = BucketTable(bounds: axis.bounds)
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
        events.forEachPerson { _, own in
            session = ([], [], [])
            days = []
            for index in own {
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
