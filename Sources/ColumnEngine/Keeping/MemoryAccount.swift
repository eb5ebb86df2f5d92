import Synchronization

/// Counts the bytes that columns take, also those that only a view in use still holds.
final class MemoryAccount: Sendable {
    private let total = Mutex(0)

    var bytes: Int { total.withLock { $0 } }

    fileprivate func add(_ bytes: Int) { total.withLock { $0 += bytes } }
}

/// Some of the bytes of an account, for as long as anybody keeps this.
final class Holding: Sendable {
    private let account: MemoryAccount
    private let held: Mutex<Int>

    init(_ account: MemoryAccount, bytes: Int) {
        self.account = account
        held = Mutex(bytes)
        account.add(bytes)
    }

    var bytes: Int {
        get { held.withLock { $0 } }
        set {
            let change = held.withLock { held in
                defer { held = newValue }
                return newValue - held
            }
            account.add(change)
        }
    }

    deinit { account.add(-bytes) }
}
