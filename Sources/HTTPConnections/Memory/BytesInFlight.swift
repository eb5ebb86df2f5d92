import NIOCore
import Synchronization

/// The bytes of bodies that all connections together hold, and a bound on them. Source: Documentation/http.md H22.
public final class BytesInFlight: Sendable {
    private let ledger: Mutex<BodyLedger>

    /// - Parameter limit: bytes.
    init(limit: Int) {
        ledger = Mutex(BodyLedger(limit: limit))
    }

    /// Bytes that are held at the moment.
    public var bytes: Int { ledger.withLock { $0.bytes } }

    /// - Returns: the requests that have to go, and the bytes that are then held.
    func grow(
        _ id: BodyLedger.BodyID,
        by count: Int,
        from address: String,
        now: NIODeadline
    ) -> (gone: [BodyLedger.BodyID], held: Int) {
        ledger.withLock { ledger in
            let gone = ledger.grow(id, by: count, from: address, now: now)
            return (gone, ledger.bytes)
        }
    }

    func finish(_ id: BodyLedger.BodyID) { ledger.withLock { $0.finish(id) } }

    /// - Returns: the bytes that are still held.
    func remove(_ id: BodyLedger.BodyID) -> Int {
        ledger.withLock { ledger in
            ledger.remove(id)
            return ledger.bytes
        }
    }
}
