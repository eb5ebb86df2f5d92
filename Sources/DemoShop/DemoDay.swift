/// The events of one UTC day, in time order.
public struct DemoDay: Sendable {
    /// Some of a day's events, ready to be sent.
    public struct Batch: Sendable {
        public let eventCount: Int
        /// A JSON array in UTF-8: the value of `events` in a request to `/2/httpapi`.
        public let json: [UInt8]
    }

    /// Where an event is in `json`.
    struct Entry: Sendable {
        let time: Int64
        let order: Int
        let bytes: Range<Int>
    }

    /// Counts from 0, the first day of the range.
    public let index: Int
    /// The midnight that ends the day, in milliseconds since 1970. It belongs to the next day.
    public let end: Int64
    private let entries: [Entry]
    private let json: [UInt8]

    init(index: Int, end: Int64, entries: [Entry], json: [UInt8]) {
        self.index = index
        self.end = end
        self.entries = entries
        self.json = json
    }

    /// How many events the day has, those that are sent twice counted twice.
    public var eventCount: Int { entries.count }

    /// One event as a JSON object in UTF-8.
    ///
    /// - Parameter position: from 0 up to, but without, `eventCount`.
    public func event(at position: Int) -> ArraySlice<UInt8> {
        json[entries[position].bytes]
    }

    /// The day's events in pieces, made one at a time.
    ///
    /// - Parameters:
    ///   - limit: the most events of a batch, above 0. An event has about 600 bytes.
    ///   - time: leaves out what lies before it, in milliseconds since 1970.
    public func batches(ofAtMost limit: Int = 1_000, from time: Int64 = .min) -> some Sequence<Batch> {
        let first = entries.firstIndex { $0.time >= time } ?? entries.count
        return stride(from: first, to: entries.count, by: limit).lazy.map { start in
            batch(start..<min(start + limit, entries.count))
        }
    }

    private func batch(_ positions: Range<Int>) -> Batch {
        var array: [UInt8] = []
        array.reserveCapacity(entries[positions].reduce(1) { $0 + $1.bytes.count + 1 })
        for position in positions {
            array.append(UInt8(ascii: position == positions.lowerBound ? "[" : ","))
            array.append(contentsOf: event(at: position))
        }
        array.append(UInt8(ascii: "]"))
        return Batch(eventCount: positions.count, json: array)
    }
}
