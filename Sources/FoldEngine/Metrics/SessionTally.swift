/// Counts sessions: all rows of one person that share a session id. Source: Documentation/metrics.md V13.
public struct SessionTally: MetricTally {
    public enum Moment: Sendable {
        /// Once, at the first row, which must meet what is asked.
        case begun
        /// In every bucket in which a row lies that meets what is asked.
        case underWay
    }

    private let shape: MetricShape
    private let moment: Moment
    /// By cell.
    private var sessions: [Int]

    // Of one person.
    private var known: Set<Int64> = []
    private var counted: Set<SessionInCell> = []

    private struct SessionInCell: Hashable {
        var session: Int64
        var cell: Int
    }

    public init(_ shape: MetricShape, _ moment: Moment) {
        self.shape = shape
        self.moment = moment
        sessions = Array(repeating: 0, count: shape.cellCount)
    }

    /// - Parameter rows: of those that begin, all that belong to sessions, whatever their time.
    public mutating func add(_ rows: borrowing MetricRows) {
        known.removeAll(keepingCapacity: true)
        counted.removeAll(keepingCapacity: true)
        for index in rows.seconds.indices where rows.sessions[index] != -1 {
            let (session, second) = (rows.sessions[index], rows.seconds[index])
            if moment == .begun, !known.insert(session).inserted { continue }
            guard shape.counted.contains(second), rows.meets[index] else { continue }
            shape.lists.forEach(rows.series[index]) { series in
                let cell = shape.cell(series, second)
                if moment == .begun || counted.insert(SessionInCell(session: session, cell: cell)).inserted {
                    sessions[cell] += 1
                }
            }
        }
    }

    public mutating func merge(_ other: SessionTally) {
        for i in sessions.indices { sessions[i] += other.sessions[i] }
    }

    public func hasRows(in series: Int) -> Bool { shape.cells(of: series).contains { sessions[$0] > 0 } }

    public func values(of series: Int) -> [Double] { shape.cells(of: series).map { Double(sessions[$0]) } }
}
