import NIOCore
import Synchronization

/// The bytes of bodies that all connections together hold, and a bound on them. Source: Documentation/http.md H22.
public final class BytesInFlight: Sendable {
    public let limit: Int
    private let ledger: Mutex<BodyLedger>
    private let measures: ConnectionMeasures

    /// - Parameter limit: bytes.
    init(limit: Int, _ measures: ConnectionMeasures) {
        self.limit = limit
        self.measures = measures
        ledger = Mutex(BodyLedger(limit: limit))
    }

    /// Bytes that are held at the moment.
    public var bytes: Int { ledger.withLock { $0.bytes } }

    /// - Returns: the requests that have to go.
    func grow(
        _ id: BodyLedger.BodyID,
        by count: Int,
        from address: String,
        now: NIODeadline
    ) -> [BodyLedger.BodyID] {
        change { $0.grow(id, by: count, from: address, now: now) }
    }

    /// What a body swells to.
    ///
    /// - Returns: under which name it is held, and the requests that have to go.
    func hold(
        _ count: Int,
        from address: String,
        now: NIODeadline
    ) -> (held: BodyLedger.BodyID, gone: [BodyLedger.BodyID]) {
        change { $0.hold(count, from: address, now: now) }
    }

    func finish(_ id: BodyLedger.BodyID) { ledger.withLock { $0.finish(id) } }

    func remove(_ id: BodyLedger.BodyID) { change { $0.remove(id) } }

    /// The figure is set while nobody else changes it, as the last one set stays.
    private func change<Result: Sendable>(_ body: (inout BodyLedger) -> Result) -> Result {
        ledger.withLock { ledger in
            defer { measures.holds(ledger.bytes) }
            return body(&ledger)
        }
    }
}
