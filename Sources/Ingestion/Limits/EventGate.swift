import Dispatch
import Storage
import Synchronization

/// Whose events a project takes, and how many: silenced devices and rates. A thin lock around what decides.
///
/// What was counted is in memory alone: a server that starts again begins at nothing.
public final class EventGate: Sendable {
    enum Decision: Equatable {
        /// `nil` where nothing is limited.
        case taken(RateLimiter.Admission?)
        case throttled(Throttling)
        case silenced(Silencing)
    }

    private struct State {
        var silenced: Set<Fingerprint> = []
        var limiters: [IngestionEndpoint: RateLimiter]
    }

    private let limits: [IngestionEndpoint: RateLimits]
    private let state: Mutex<State>
    private let uptime: @Sendable () -> Int64

    /// - Parameters:
    ///   - limits: an endpoint that is not named has none.
    ///   - uptime: milliseconds on a clock that never goes back.
    public init(
        limits: [IngestionEndpoint: RateLimits] = [:],
        uptime: @escaping @Sendable () -> Int64 = { EventGate.systemUptimeMs }
    ) {
        self.limits = limits
        self.uptime = uptime
        state = Mutex(State(limiters: limits.filter { !$0.value.isOff }.mapValues { RateLimiter($0) }))
    }

    public static var systemUptimeMs: Int64 { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }

    /// From now on these devices are silenced, and no others.
    public func silence(_ deviceIDs: [String]) {
        let fingerprints = Set(deviceIDs.map { Fingerprint(secretly: $0.utf8Span.span) })
        state.withLock { $0.silenced = fingerprints }
    }

    func admit(_ batch: IncomingBatch, from endpoint: IngestionEndpoint) -> Decision {
        let (silenced, isLimited) = state.withLock { ($0.silenced, $0.limiters[endpoint] != nil) }
        if silenced.isEmpty, !isLimited { return .taken(nil) }
        let senders = batch.senders
        if let silencing = silencing(batch, senders, silenced, endpoint) { return .silenced(silencing) }
        let time = uptime()
        switch state.withLock({ $0.limiters[endpoint]?.admit(senders, at: time) }) {
        case .taken(let admission): return .taken(admission)
        case .refused(let excess): return .throttled(throttling(batch, excess, endpoint))
        case nil: return .taken(nil)
        }
    }

    /// Undoes an admission whose request could not be stored.
    func giveBack(_ admission: RateLimiter.Admission, to endpoint: IngestionEndpoint) {
        state.withLock { $0.limiters[endpoint]?.giveBack(admission) }
    }

    private func silencing(
        _ batch: IncomingBatch,
        _ senders: [EventSender],
        _ silenced: Set<Fingerprint>,
        _ endpoint: IngestionEndpoint
    ) -> Silencing? {
        if silenced.isEmpty { return nil }
        var silencing = Silencing(limits: limits[endpoint] ?? RateLimits())
        var named: Set<Fingerprint> = []
        for (index, sender) in senders.enumerated() {
            guard let device = sender.device, silenced.contains(device) else { continue }
            silencing.events.append(index)
            if named.insert(device).inserted { silencing.devices.append(batch.name(.device, ofEvent: index)) }
        }
        return silencing.events.isEmpty ? nil : silencing
    }

    private func throttling(
        _ batch: IncomingBatch,
        _ excess: RateLimiter.Excess,
        _ endpoint: IngestionEndpoint
    ) -> Throttling {
        let limits = limits[endpoint] ?? RateLimits()
        var throttling = Throttling(limits: limits)
        throttling.events = excess.events
        for offender in excess.overRate {
            let perSecond = (offender.wanted + limits.windowSeconds - 1) / limits.windowSeconds
            let id = ThrottledID(id: batch.name(offender.kind, ofEvent: offender.event), events: perSecond)
            switch offender.kind {
            case .device: throttling.devices.append(id)
            case .user: throttling.users.append(id)
            }
        }
        for offender in excess.overQuota {
            let id = ThrottledID(id: batch.name(offender.kind, ofEvent: offender.event), events: offender.wanted)
            switch offender.kind {
            case .device: throttling.devicesOverQuota.append(id)
            case .user: throttling.usersOverQuota.append(id)
            }
        }
        return throttling
    }
}

/// All that the gate knows of events.
extension IncomingBatch {
    fileprivate var senders: [EventSender] {
        events.map { event in
            EventSender(
                device: event.deviceID.isNone || event.isDeviceDerived ? nil : event.deviceID.fingerprint,
                user: event.userID.isNone ? nil : event.userID.fingerprint
            )
        }
    }

    fileprivate func name(_ kind: RateLimiter.SenderID.Kind, ofEvent index: Int) -> String {
        switch kind {
        case .device: deviceID(of: events[index]) ?? ""
        case .user: userID(of: events[index]) ?? ""
        }
    }
}
