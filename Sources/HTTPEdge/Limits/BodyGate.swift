public import HTTPConnections
import Synchronization

/// Bounds how much of bodies is worked on at a time: unpacked, decoded, stored. A body that waits is held as it was sent,
/// which may be far less than what it swells to. Source: Documentation/http.md H22.
public final class BodyGate: Sendable {
    private let queue: Mutex<WorkQueue<CheckedContinuation<Bool, Never>>>
    private let patience: Duration
    private let connections: Connections?

    /// - Parameters:
    ///   - connections: hold the bodies. As much may be worked on as half of what they may hold, so that the other half is
    ///     there for what comes in, however much swells.
    ///   - patience: who has waited so long is turned away.
    public init(_ connections: Connections, patience: Duration = .seconds(20)) {
        queue = Mutex(WorkQueue(capacity: connections.bytes.limit / 2))
        self.patience = patience
        self.connections = connections
    }

    /// Without a bound.
    private init() {
        queue = Mutex(WorkQueue(capacity: .max))
        patience = .zero
        connections = nil
    }

    public static var open: BodyGate { BodyGate() }

    /// - Returns: whether there was room in time.
    func enter(_ weight: Int) async -> Bool {
        if queue.withLock({ $0.enter(weight) }) { return true }
        let hasRoom = await withCheckedContinuation { waiter in
            let id: Int? = queue.withLock { queue in
                if queue.enter(weight) {
                    waiter.resume(returning: true)
                    return nil
                }
                return queue.wait(weight, waiter)
            }
            guard let id else { return }
            Task {
                try? await Task.sleep(for: patience)
                queue.withLock { $0.giveUp(id) }?.resume(returning: false)
            }
        }
        if !hasRoom { connections?.turnedAway() }
        return hasRoom
    }

    func leave(_ weight: Int) {
        for waiter in queue.withLock({ $0.leave(weight) }) { waiter.resume(returning: true) }
    }

    /// - Returns: `nil` where nobody counts.
    func unpack(_ count: Int, from address: String?) -> UnpackedBytes? {
        connections?.unpack(count, from: address ?? "")
    }
}
