import NIOCore

/// Which request holds how many bytes of its body, as sent and unpacked, over all connections, and who goes when there is
/// no room.
///
/// An API key is public, so anybody can send: what one client holds must not keep others from sending. Where a body does
/// not fit, a body that is still coming in has to go: of the address that holds the most bytes in all, first one whose
/// sender pauses, then the largest. That may be the one that asks for room.
struct BodyLedger {
    /// A request of a connection.
    struct BodyID: Hashable, Sendable {
        var connection: UInt64
        var request: Int
    }

    private struct Body {
        var address: String
        var bytes: Int
        var lastByte: NIODeadline
        /// All of it has come: it is being worked on, and soon gone.
        var isWhole = false
    }

    let limit: Int
    private(set) var bytes = 0
    private var bodies: [BodyID: Body] = [:]
    /// So many bodies were ever unpacked.
    private var unpacked = 0

    /// A sender that sent nothing for so long pauses.
    private static let pause = TimeAmount.seconds(2)
    /// Bodies up to here find room in a reserve when all that is held is being worked on.
    private static let small = 64 << 10
    private var reserve: Int { limit / 4 }

    init(limit: Int) {
        self.limit = limit
    }

    /// Some bytes of a body came.
    ///
    /// - Returns: the requests that have to go for it, which may be that one; they are no longer counted.
    mutating func grow(_ id: BodyID, by count: Int, from address: String, now: NIODeadline) -> [BodyID] {
        var body = bodies[id] ?? Body(address: address, bytes: 0, lastByte: now)
        body.bytes += count
        body.lastByte = now
        bodies[id] = body
        bytes += count
        var gone: [BodyID] = []
        while bytes > limit, let next = leastDeserving(now: now) {
            if next == id, body.bytes <= Self.small, bytes <= limit + reserve { break }
            remove(next)
            gone.append(next)
            if next == id { break }
        }
        return gone
    }

    /// A body that has come is unpacked: what it swells to is held beside it, until ``remove(_:)``.
    ///
    /// - Returns: under which name it is held, and the requests that have to go for it: those whose bodies still come in.
    mutating func hold(_ count: Int, from address: String, now: NIODeadline) -> (held: BodyID, gone: [BodyID]) {
        unpacked += 1
        // Connections are counted from one.
        let id = BodyID(connection: 0, request: unpacked)
        bodies[id] = Body(address: address, bytes: count, lastByte: now, isWhole: true)
        bytes += count
        var gone: [BodyID] = []
        // Small ones would not make much room.
        while bytes > limit, let next = leastDeserving(above: Self.small, now: now) {
            remove(next)
            gone.append(next)
        }
        return (id, gone)
    }

    /// All of a body has come.
    mutating func finish(_ id: BodyID) { bodies[id]?.isWhole = true }

    /// A request was answered, or is gone.
    mutating func remove(_ id: BodyID) {
        if let body = bodies.removeValue(forKey: id) { bytes -= body.bytes }
    }

    /// - Parameter size: in bytes; those that are no larger stay.
    private func leastDeserving(above size: Int = 0, now: NIODeadline) -> BodyID? {
        let byAddress = bodies.values.reduce(into: [String: Int]()) { $0[$1.address, default: 0] += $1.bytes }
        let coming = bodies.filter { !$0.value.isWhole && $0.value.bytes > size }
        // Ties are broken by the order in which they came, so that it is always the same one.
        return coming.max { left, right in
            rank(left, byAddress, now) < rank(right, byAddress, now)
        }?.key
    }

    private func rank(
        _ entry: (key: BodyID, value: Body),
        _ byAddress: [String: Int],
        _ now: NIODeadline
    ) -> (Int, Int, Int, UInt64, Int) {
        let body = entry.value
        let pauses = body.lastByte + Self.pause <= now
        return (
            byAddress[body.address] ?? 0, pauses ? 1 : 0, body.bytes, entry.key.connection, entry.key.request
        )
    }
}
