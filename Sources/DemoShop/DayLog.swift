/// Written events on their way out: a day's worth is taken at a time, what lies after midnight stays for the next.
struct DayLog: Sendable {
    private var json = JSONBuffer()
    private var entries: [DemoDay.Entry] = []

    /// - Parameter copies: 2 for an event that its device sends twice, as after a lost answer.
    mutating func append(_ event: ShopEvent, of shopper: Shopper, release: Int, copies: Int) {
        let start = json.bytes.count
        json.append(event, of: shopper, release: release)
        let entry = DemoDay.Entry(time: event.time, order: entries.count, bytes: start..<json.bytes.count)
        for _ in 0..<copies { entries.append(entry) }
    }

    /// Takes all events before a time, in time order.
    ///
    /// - Parameter end: the midnight that ends the day.
    mutating func takeDay(index: Int, end: Int64, before time: Int64) -> DemoDay {
        // Events of the same millisecond stay in the order of their writing.
        entries.sort { ($0.time, $0.order) < ($1.time, $1.order) }
        let later = entries.firstIndex { $0.time >= time } ?? entries.count

        var rest = DayLog()
        for entry in entries[later...] {
            let start = rest.json.bytes.count
            rest.json.append(json.bytes[entry.bytes])
            rest.entries.append(
                DemoDay.Entry(time: entry.time, order: rest.entries.count, bytes: start..<rest.json.bytes.count)
            )
        }
        entries.removeSubrange(later...)
        let day = DemoDay(index: index, end: end, entries: entries, json: json.bytes)
        self = rest
        return day
    }
}
