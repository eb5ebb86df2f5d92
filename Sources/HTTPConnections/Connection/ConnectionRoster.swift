import NIOCore

/// Who is connected, and who goes when there is no room for one more.
///
/// A connection that waits for its client's next request goes first, the one that waits longest; then one whose client
/// pauses within a body. Those that wait for the server stay.
struct ConnectionRoster {
    typealias ID = UInt64

    enum Doing: Equatable { case waiting, sending, beingAnswered }

    private struct Entry {
        var doing = Doing.waiting
        var since: NIODeadline
    }

    let most: Int
    private var entries: [ID: Entry] = [:]

    /// A body whose next byte has not come for so long is held up by its sender.
    private static let pause = TimeAmount.seconds(5)
    /// Several go at a time, so that they are not looked for with every newcomer.
    private var batch: Int { max(1, most / 32) }

    init(most: Int) {
        self.most = most
    }

    var count: Int { entries.count }

    /// - Returns: the connections that have to go for it, perhaps that one alone. They are in the list until they have
    ///   gone.
    mutating func open(_ id: ID, now: NIODeadline) -> [ID] {
        entries[id] = Entry(since: now)
        guard entries.count > most else { return [] }
        let others = entries.filter { $0.key != id }
        var gone = longest(others.filter { $0.value.doing == .waiting })
        if gone.isEmpty {
            gone = longest(others.filter { $0.value.doing == .sending && $0.value.since + Self.pause <= now })
        }
        return gone.isEmpty ? [id] : gone
    }

    mutating func note(_ id: ID, _ doing: Doing, now: NIODeadline) {
        if entries[id] != nil { entries[id] = Entry(doing: doing, since: now) }
    }

    mutating func close(_ id: ID) { entries[id] = nil }

    private func longest(_ entries: [ID: Entry]) -> [ID] {
        entries.sorted { ($0.value.since, $0.key) < ($1.value.since, $1.key) }.prefix(batch).map(\.key)
    }
}
