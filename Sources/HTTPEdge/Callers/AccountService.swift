public import Accounts
public import EventModel
import HTTPConnections
public import Hummingbird
import Synchronization

/// Accounts, and what it takes to answer for them.
public struct AccountService: Sendable {
    public let store: AccountStore
    public let tokens: SessionTokens
    public let passwords: PasswordQueue
    public let place: ServerPlace
    public let now: @Sendable () -> Timestamp
    private let attempts = Attempts()

    /// Changes wait for the disk, one after another.
    private static let queue = BlockingQueue(label: "antinode.accounts")

    public init(
        _ store: AccountStore,
        passwords: PasswordQueue,
        place: ServerPlace,
        now: @escaping @Sendable () -> Timestamp
    ) async throws(AccountError) {
        self.store = store
        tokens = try await SessionTokens(store)
        self.passwords = passwords
        self.place = place
        self.now = now
    }

    /// Runs what blocks away from the threads that serve requests.
    public func run<Value: Sendable>(
        _ body: @escaping @Sendable (AccountStore, Timestamp) throws(AccountError) -> Value
    ) async throws(AccountError) -> Value {
        let (store, now) = (store, now())
        return try await Self.queue.run { () throws(AccountError) in try body(store, now) }
    }

    /// Runs an attempt to get in, of which each address and each account has a few a minute; those that succeed do not count.
    ///
    /// - Parameter tries: what is tried: all of them must have one left.
    public func attempt<Value>(_ tries: Try..., body: () async throws -> Value) async throws -> Value {
        if let wait = attempts.take(tries, at: now()) { throw Failure.tooManyAttempts(wait) }
        do {
            let value = try await body()
            attempts.giveBack(tries, at: now())
            return value
        } catch let error as AccountError where error.isOurs {
            // Nobody had a try then.
            attempts.giveBack(tries, at: now())
            throw error
        }
    }

    /// What has a few attempts a minute.
    public enum Try: Sendable {
        /// Whoever tries from there; the addresses that are not known are one.
        case from(String?)
        /// Whoever tries that account's password.
        case account(EmailAddress)

        fileprivate var name: String {
            switch self {
            case .from(let sender): "from \(sender.map { IPAddress($0)?.neighborhood ?? $0 } ?? "")"
            case .account(let email): "on \(email.text)"
            }
        }
    }
}

// MARK: Browsers and links

extension AccountService {
    /// Refuses to give a session as a cookie to what no page of this server asks for.
    public func checkBrowser(_ request: Request) throws(Failure) {
        guard place.takesCookies(request) else { throw .otherHost }
        guard place.isSameOrigin(request) else { throw .otherOrigin }
    }

    /// The header that gives a browser a session.
    public func cookie(_ token: String, until end: Timestamp, isSecure: Bool) -> String {
        place.cookie(token, seconds: max(0, end.seconds - now().seconds), isSecure: isSecure)
    }

    /// The header that takes a browser's session away.
    public func endingCookie(isSecure: Bool) -> String { place.cookie("", seconds: 0, isSecure: isSecure) }

    /// The address that opens a link. What is secret stands behind the `#`, which browsers send to nobody.
    public func address(_ secret: Secret) async throws(AccountError) -> String {
        let base = try await run { (store, _) throws(AccountError) in try store.linkBase() }
        return (base ?? "") + secret.path
    }
}

/// Who tried to get in, and how often. Source: Documentation/accounts.md A12.
private final class Attempts: Sendable {
    private let limit = Mutex(AttemptLimit(perMinute: 10))

    /// - Returns: how long to wait, if any has none left; nothing is taken then.
    func take(_ tries: [AccountService.Try], at now: Timestamp) -> Duration? {
        limit.withLock { limit in
            for (index, one) in tries.enumerated() {
                guard let wait = limit.take(one.name, at: now) else { continue }
                for taken in tries[..<index] { limit.giveBack(taken.name, at: now) }
                return wait
            }
            return nil
        }
    }

    func giveBack(_ tries: [AccountService.Try], at now: Timestamp) {
        limit.withLock { limit in
            for one in tries { limit.giveBack(one.name, at: now) }
        }
    }
}
