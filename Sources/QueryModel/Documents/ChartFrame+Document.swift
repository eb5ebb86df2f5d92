extension ChartFrame {
    static let documentMembers = ["interval", "segments", "groupBy", "limit"]
    /// The most groups that may be asked for.
    private static let mostGroups = 10_000

    /// - Parameters:
    ///   - mostGroupBys: how many properties may split the answer.
    ///   - intervals: those that the question knows.
    ///   - limit: unless one is there.
    init(
        _ object: DocumentObject,
        _ range: ChartRange,
        mostGroupBys: Int,
        intervals: [Interval] = Interval.allCases,
        limit: Int
    ) throws {
        let interval = try object.choice("interval", of: Interval.self) ?? .day
        guard intervals.contains(interval) else {
            throw object.malformed("interval", "one of \(intervals.map(\.rawValue).joined(separator: ", "))")
        }
        let segments = try object.value("segments", "a list of segments", as: [Segment].self) ?? [.everybody]
        guard !segments.isEmpty else { throw object.malformed("segments", "a list of one segment or more") }
        let groupBys =
            try object.value("groupBy", "a list of properties, such as [\"country\"]", as: [PropertyReference].self)
            ?? []
        guard groupBys.count <= mostGroupBys else {
            let most = mostGroupBys == 1 ? "one property" : "\(mostGroupBys) properties"
            throw object.outOfRange("groupBy", "takes \(most) at most")
        }
        guard groupBys.isEmpty || segments.count == 1 else {
            throw object.outOfRange("groupBy", "splits a single segment; leave it out, or ask for one segment")
        }
        self.init(
            range: range,
            interval: interval,
            segments: segments,
            groupBys: groupBys,
            limit: try object.number("limit", 1...Self.mostGroups, example: limit) ?? limit
        )
    }

    /// - Parameter limit: what it is unless one is there.
    func write(to writer: inout DocumentWriter, limit: Int) throws {
        try writer.write("interval", interval.rawValue, unless: Interval.day.rawValue)
        try writer.write("segments", segments, unless: [.everybody])
        try writer.write("groupBy", groupBys, unless: [])
        try writer.write("limit", self.limit, unless: limit)
    }
}
