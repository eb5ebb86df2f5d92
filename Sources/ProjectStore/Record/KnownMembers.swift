import EventModel
import Synchronization

/// The people of cohorts that were asked for lately: a question about a million of them must not read them again.
final class KnownMembers: Sendable {
    private struct State {
        var members: [ExactText: Set<Int32>] = [:]
        /// Raised whenever the people of any cohort change.
        var version = 0
    }

    private let state = Mutex(State())
    /// All together; 16 bytes each, more or less.
    private static let most = 8_000_000

    /// - Returns: `nil` if they are not known, and the version for ``note(_:of:_:)``.
    func members(of cohort: ExactText) -> (Set<Int32>?, version: Int) {
        state.withLock { ($0.members[cohort], $0.version) }
    }

    /// - Parameter version: from before they were read: if something has changed since, they are not kept.
    func note(_ members: Set<Int32>, of cohort: ExactText, _ version: Int) {
        state.withLock { state in
            guard state.version == version else { return }
            let others = state.members.values.reduce(0) { $0 + $1.count }
            if others + members.count > Self.most { state.members = [:] }
            if members.count <= Self.most { state.members[cohort] = members }
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
