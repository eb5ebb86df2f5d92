import Synchronization

/// Keeps the pieces of a file in their order, although several are on their way at once: who comes early waits until the
/// piece before has taken its place among what waits for a commit.
final class ImportTurns: Sendable {
    /// A piece of a file.
    struct Turn: Hashable {
        var file: String
        /// With which it begins.
        var line: Int
    }

    private struct Waiter {
        var number: Int
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// Those that have taken their place, the latest last.
        var passed: [Turn] = []
        var waiting: [Turn: [Waiter]] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())
    private let patience: Duration

    /// Of so many it is remembered that they have passed; hardly any is asked for but the last ones.
    private static let mostPassed = 64

    /// - Parameter patience: who has waited for so long gives up: the piece before may never come.
    init(patience: Duration = .seconds(10)) {
        self.patience = patience
    }

    /// Returns when a piece has taken its place.
    ///
    /// - Returns: false if it did not come.
    func wait(for turn: Turn) async -> Bool {
        let patience = patience
        return await withCheckedContinuation { continuation in
            let number = state.withLock { state -> Int? in
                if state.passed.contains(turn) { return nil }
                state.lastNumber += 1
                state.waiting[turn, default: []].append(
                    Waiter(number: state.lastNumber, continuation: continuation)
                )
                return state.lastNumber
            }
            guard let number else { return continuation.resume(returning: true) }
            Task {
                try? await Task.sleep(for: patience)
                self.giveUp(number, turn)
            }
        }
    }

    /// Says that a piece has taken its place.
    func pass(_ turn: Turn) {
        let waiters = state.withLock { state in
            state.passed.removeAll { $0 == turn }
            state.passed.append(turn)
            if state.passed.count > Self.mostPassed { state.passed.removeFirst() }
            return state.waiting.removeValue(forKey: turn) ?? []
        }
        for waiter in waiters { waiter.continuation.resume(returning: true) }
    }

    private func giveUp(_ number: Int, _ turn: Turn) {
        let waiter = state.withLock { state -> Waiter? in
            guard let place = state.waiting[turn]?.firstIndex(where: { $0.number == number }) else { return nil }
            let waiter = state.waiting[turn]?.remove(at: place)
            if state.waiting[turn]?.isEmpty == true { state.waiting[turn] = nil }
            return waiter
        }
        waiter?.continuation.resume(returning: false)
    }
}
