public import Logging
import NIOCore
import Synchronization

/// What all connections of a server share: their limits, who they are, and what they hold.
public final class Connections: Sendable {
    /// Turns a refusal into the words of whoever was asked.
    ///
    /// - Parameter path: `nil` where it is not known.
    public typealias Answering = @Sendable (_ refusal: ConnectionRefusal, _ path: String?) -> RefusalAnswer

    public let limits: ConnectionLimits
    public let bytes: BytesInFlight
    let answer: Answering
    let proxies: TrustedProxies
    let measures = ConnectionMeasures()
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
        var roster: ConnectionRoster
        var open: [ConnectionRoster.ID: Door] = [:]
        var lastID: ConnectionRoster.ID = 0
        var complaints: [String: NIODeadline] = [:]
    }

    /// What others may ask of a connection, from any thread.
    struct Door: Sendable {
        /// Ends it, unless something was asked meanwhile.
        var leave: @Sendable () -> Void
        /// Ends the request whose body is coming in.
        var refuse: @Sendable (_ request: Int, ConnectionRefusal) -> Void
    }

    /// - Parameters:
    ///   - bytes: the most that bodies may hold at a time.
    ///   - connections: the most that may be open.
    ///   - proxies: whose word about a request's sender is believed.
    public init(
        limits: ConnectionLimits = ConnectionLimits(),
        bytes: Int,
        connections: Int,
        proxies: TrustedProxies = .none,
        logger: Logger,
        answer: @escaping Answering
    ) {
        self.limits = limits
        self.bytes = BytesInFlight(limit: bytes, measures)
        self.proxies = proxies
        self.logger = logger
        self.answer = answer
        state = Mutex(State(roster: ConnectionRoster(most: connections)))
    }

    /// How many are open.
    public var count: Int { state.withLock { $0.roster.count } }

    // MARK: What a connection tells

    func open(_ door: Door, now: NIODeadline) -> ConnectionRoster.ID {
        let (id, leaving) = state.withLock { state in
            state.lastID += 1
            let id = state.lastID
            state.open[id] = door
            return (id, state.roster.open(id, now: now).compactMap { state.open[$0] })
        }
        measures.opened()
        if !leaving.isEmpty {
            measures.crowdedOut(leaving.count)
            complain("there are as many connections as may be open; those that wait longest are closed", now: now)
        }
        for door in leaving { door.leave() }
        return id
    }

    func note(_ id: ConnectionRoster.ID, _ doing: ConnectionRoster.Doing, now: NIODeadline) {
        state.withLock { $0.roster.note(id, doing, now: now) }
    }

    func close(_ id: ConnectionRoster.ID) {
        let wasOpen = state.withLock { state in
            state.roster.close(id)
            return state.open.removeValue(forKey: id) != nil
        }
        if wasOpen { measures.closed() }
    }

    /// Some bytes of a body came; whoever has to go for it is told so.
    func grow(_ id: BodyLedger.BodyID, by count: Int, from address: String, now: NIODeadline) {
        refuse(bytes.grow(id, by: count, from: address, now: now), now: now)
    }

    /// A body is unpacked. What it swells to counts as its own bytes do, and bodies that still come in make room for it.
    ///
    /// - Parameter address: the sender's.
    /// - Returns: counts until the last reference to it is gone.
    public func unpack(_ count: Int, from address: String) -> UnpackedBytes {
        let now = NIODeadline.now()
        let (held, gone) = bytes.hold(count, from: address, now: now)
        refuse(gone, now: now)
        return UnpackedBytes { [self] in release(held) }
    }

    /// A body that has come was not worked on, as others took too long.
    public func turnedAway() {
        measures.refused(.tooManyBytes)
        complain("bodies wait too long for those before them; they are refused", now: .now())
    }

    private func refuse(_ gone: [BodyLedger.BodyID], now: NIODeadline) {
        guard !gone.isEmpty else { return }
        let doors = state.withLock { state in gone.map { (state.open[$0.connection], $0.request) } }
        for (door, request) in doors { door?.refuse(request, .tooManyBytes) }
        complain("bodies hold as much memory as they may; the largest are refused", now: now)
    }

    /// A request was answered, or is gone.
    func release(_ id: BodyLedger.BodyID) { bytes.remove(id) }

    // MARK: What the server's socket tells

    /// A connection could not be accepted.
    func failedToAccept(_ error: any Error, now: NIODeadline) {
        measures.failedToAccept()
        complain("a connection could not be accepted", now: now, metadata: ["error": "\(error)"])
    }

    /// Once a minute at most: what others bring about must not fill the log.
    private func complain(_ message: Logger.Message, now: NIODeadline, metadata: Logger.Metadata = [:]) {
        let isDue = state.withLock { state in
            if let last = state.complaints["\(message)"], now < last + .minutes(1) { return false }
            state.complaints["\(message)"] = now
            return true
        }
        if isDue {
            logger.error(
                message,
                metadata: metadata.merging(["connections": "\(count)", "bytes": "\(bytes.bytes)"]) { $1 }
            )
        }
    }
}
