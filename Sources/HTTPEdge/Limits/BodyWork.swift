import HTTPConnections
import Synchronization

/// What one request holds of a ``BodyGate``'s room, and of the memory for bodies beyond what was sent.
final class BodyWork: Sendable {
    private struct Held {
        var weight = 0
        var unpacked: UnpackedBytes?
    }

    private let gate: BodyGate
    private let sender: String?
    private let held = Mutex(Held())

    /// Bodies up to here are let through: all of them together have a bound where they come in.
    private static let light = 64 << 10

    /// - Parameter sender: who sent it.
    init(_ gate: BodyGate, from sender: String?) {
        self.gate = gate
        self.sender = sender
    }

    /// Waits for room, and gives back what was held before.
    ///
    /// - Parameters:
    ///   - weight: bytes that are worked on.
    ///   - unpacked: those of them that did not come in so, but swell up now.
    func take(_ weight: Int, unpacked: Int = 0) async throws(RequestBodyError) {
        end()
        if weight > Self.light {
            guard await gate.enter(weight) else { throw .noRoom }
            held.withLock { $0.weight = weight }
        }
        if unpacked > 0 {
            let bytes = gate.unpack(unpacked, from: sender)
            held.withLock { $0.unpacked = bytes }
        }
    }

    func end() {
        let weight = held.withLock { held in
            defer { held = Held() }
            return held.weight
        }
        if weight > 0 { gate.leave(weight) }
    }
}
