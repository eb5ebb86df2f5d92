import EventModel
import Synchronization

/// The people of cohorts that were asked for lately: a question about a million of them must not read them again.
final class KnownMembers: Sendable {
    private struct State {
        var members: [ExactText: UserKeySet] = [:]
        /// Raised whenever the people of any cohort change.
        var version = 0
    }

    private let state = Mutex(State())
    /// Bytes of all together.
    private static let most = 64 << 20

    /// - Returns: `nil` if they are not known, and the version for ``note(_:of:_:)``.
    func members(of cohort: ExactText) -> (UserKeySet?, version: Int) {
        state.withLock { ($0.members[cohort], $0.version) }
    }

    /// - Parameter version: from before they were read: if something has changed since, they are not kept.
    func note(_ members: UserKeySet, of cohort: ExactText, _ version: Int) {
        state.withLock { state in
            guard state.version == version else { return }
            let others = state.members.values.reduce(0) { $0 + $1.size }
            if others + members.size > Self.most { state.members = [:] }
            if members.size <= Self.most { state.members[cohort] = members }
        }
    }

    func forgetAll() {
        state.withLock { state in
            state.version += 1
            state.members = [:]
        }
    }

    func forget(_ cohort: ExactText) {
        state.withLock { state in
            state.version += 1
            state.members[cohort] = nil
        }
    }
}
