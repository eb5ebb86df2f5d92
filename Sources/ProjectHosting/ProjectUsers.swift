import Synchronization

/// Those who work with an open project's files, so that these are closed behind the last one.
final class ProjectUsers: Sendable {
    /// One of them, as long as somebody holds it.
    final class Stay: Sendable {
        private let users: ProjectUsers

        fileprivate init(_ users: ProjectUsers) { self.users = users }

        deinit { users.leave() }
    }

    private struct State {
        var count = 0
        var isClosed = false
        /// Who waits until all have left.
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// `nil` once somebody waits until all have left.
    func enter() -> Stay? {
        let isOpen = state.withLock { state in
            if !state.isClosed { state.count += 1 }
            return !state.isClosed
        }
        return isOpen ? Stay(self) : nil
    }

    /// Lets nobody in any more, and returns when all have left, or the task is cancelled. To be called once.
    func waitUntilNone() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOver = state.withLock { state in
                    state.isClosed = true
                    if state.count == 0 || Task.isCancelled { return true }
                    state.waiter = waiter
                    return false
                }
                if isOver { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }

    private func leave() {
        let waiter = state.withLock { state in
            state.count -= 1
            return state.count == 0 ? state.waiter.take() : nil
        }
        waiter?.resume()
    }
}
