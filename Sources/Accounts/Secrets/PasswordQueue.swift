import Dispatch
import Synchronization

/// Hashes passwords one at a time on a thread of its own, so that neither memory nor cores go to whoever tries many. A few
/// wait; more are turned away. Source: Documentation/accounts.md A2.
public final class PasswordQueue: Sendable {
    private let queue = DispatchQueue(label: "antinode.passwords")
    private let cost: PasswordHash.Cost
    private let most: Int
    private let waiting = Mutex(0)
    private let nobodys: PasswordHash

    /// - Parameter most: how many may be under way or wait.
    public init(cost: PasswordHash.Cost = .standard, most: Int = 16) {
        self.cost = cost
        self.most = most
        nobodys = PasswordHash(ofNobodyAt: cost)
    }

    public func hash(_ password: Password) async throws(AccountError) -> PasswordHash {
        try await run { [cost] () throws(AccountError) in try PasswordHash(of: password.text, cost) }
    }

    /// Whether it is somebody's password.
    ///
    /// - Parameter hash: `nil` for whoever has none: the answer is no then, and takes as long.
    public func matches(_ text: String, _ hash: PasswordHash?) async throws(AccountError) -> Bool {
        let compared = hash ?? nobodys
        let isSame = try await run { () throws(AccountError) in try compared.matches(text) }
        return isSame && hash != nil
    }

    /// A password that was right in the way in which new ones are kept; `nil` if it is kept so already.
    public func renewed(_ text: String, _ hash: PasswordHash) async throws(AccountError) -> PasswordHash? {
        if hash.cost == cost { return nil }
        return try await run { [cost] () throws(AccountError) in try PasswordHash(of: text, cost) }
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(AccountError) -> Value
    ) async throws(AccountError) -> Value {
        let isRoom = waiting.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
        guard isRoom else { throw .busy }
        defer { waiting.withLock { $0 -= 1 } }
        return try await withCheckedContinuation { (done: CheckedContinuation<Result<Value, AccountError>, Never>) in
            queue.async { done.resume(returning: Result { () throws(AccountError) in try body() }) }
        }.get()
    }
}
