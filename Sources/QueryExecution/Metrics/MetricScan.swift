import ColumnEngine
import EventModel
import FoldEngine
import QueryModel
import Storage

/// Hands each person's rows to a tally.
struct MetricScan<Tally: MetricTally>: EventFold {
    let reading: MetricReading
    /// By code: the number that stands for the series of rows with that value; see ``SeriesLists``.
    let seriesByCode: [Int32]
    private(set) var tally: Tally
    private var rows = MetricRows()

    init(_ reading: MetricReading, seriesByCode: [Int32], _ tally: Tally) {
        self.reading = reading
        self.seriesByCode = seriesByCode
        self.tally = tally
    }

    mutating func add(_ events: ScannedEvents) {
        let block = events.block
        let split = reading.breakdown.flatMap { block.codes(of: $0) }
        let operand = reading.operand.flatMap { block.codes(of: $0) }
        let sessions = reading.needsSessions ? block.longs[.sessionID] : nil
        events.forEachPerson { person, indexes in
            rows.removeAll()
            for index in indexes {
                let mask = events.masks[index]
                guard mask & reading.rows != 0, reading.all == 0 || mask & reading.all != 0 else { continue }
                let place = Int(events.places[index])
                // What is left of days that have left is somebody's first event of all. Others may not be out of the files.
                if events.hasLeft(place), place != block.firstPlace(ofPerson: person, types: reading.firstTypes) {
                    continue
                }
                rows.seconds.append(block.seconds[place])
                rows.series.append(seriesByCode[Int(split?[place] ?? 0)])
                if reading.operand != nil { rows.numbers.append(reading.numbers[Int(operand?[place] ?? 0)]) }
                if reading.needsSessions { rows.sessions.append(sessions?[place] ?? -1) }
                if reading.meets != 0 { rows.meets.append(mask & reading.meets != 0) }
            }
            tally.add(rows)
        }
    }

    mutating func merge(_ other: MetricScan) { tally.merge(other.tally) }
}

/// Which rows of whom are handed over, and what of them.
struct MetricReading: Sendable {
    /// Rows that any of these matchers takes …
    var rows: UInt64 = 0
    /// … and any of these, if there are any.
    var all: UInt64 = 0
    /// Rows that meet what is asked beyond that; 0 if nothing is.
    var meets: UInt64 = 0
    var breakdown: PropertyReference?
    /// What is computed with.
    var operand: PropertyReference?
    /// By code of the operand.
    var numbers: [Double] = []
    var needsSessions = false
    /// By event type, whether it can be somebody's first event; asked of rows of days that have left.
    var firstTypes: [Bool] = []
}

extension EventBlock {
    /// The codes of a property of each event; `nil` if the block has no values of it.
    func codes(of property: PropertyReference) -> CodeColumn? {
        if case .eventType = property { return types }
        return columns[property]
    }
}
