import Storage

/// The ids in whose names an event comes, as fingerprints. An event that has neither is not limited.
struct EventSender: Sendable {
    var device: Fingerprint?
    var user: Fingerprint?
}

/// Decides whether a request's devices and users may send so many events: no clock, no lock, bounded memory.
///
/// A request is taken wholly or not at all. One that is not taken uses up nothing.
struct RateLimiter: Sendable {
    enum Decision: Equatable {
        case taken(Admission)
        case refused(Excess)
    }

    /// A device or a user: 63 bits of its fingerprint, and one that says which.
    struct SenderID: Hashable, Sendable {
        enum Kind: UInt64, Sendable { case device, user }
        private let bits: UInt64

        init(_ kind: Kind, _ fingerprint: Fingerprint) {
            bits = fingerprint.low << 1 | kind.rawValue
        }

        var kind: Kind { bits & 1 == 0 ? .device : .user }
    }

    /// What a request has used up, so that it can be given back.
    struct Admission: Equatable, Sendable {
        fileprivate var counts: [SenderID: Int]
        fileprivate var time: Int64
    }

    /// What was too much.
    struct Excess: Equatable {
        /// Ascending. Only the events that find no more room: a client sends the others again at once, and they are taken.
        var events: [Int] = []
        var overRate: [Offender] = []
        var overQuota: [Offender] = []
    }

    struct Offender: Equatable {
        var kind: SenderID.Kind
        /// The index of one of its events, by which its name can be looked up.
        var event: Int
        /// Its events in the time that the limit is about, with all that it sent in this request.
        var wanted: Int
    }

    private struct Limit {
        var most: Int
        var counts: SlidingCount<SenderID>
    }

    /// The most pairs of a sender and a second, or a sender and an hour, that are remembered for each limit: some 35 MB.
    /// Where there are more, the oldest counts are forgotten early: limits become milder, never stricter.
    static let capacity = 500_000

    private var rate: Limit?
    private var quota: Limit?

    init(_ limits: RateLimits, capacity: Int = Self.capacity) {
        let window = limits.windowSeconds
        rate = limits.eventsPerSecond.map { perSecond in
            Limit(most: perSecond * window, counts: SlidingCount(stepMs: 1_000, steps: window, capacity: capacity))
        }
        quota = limits.eventsPerDay.map { perDay in
            Limit(most: perDay, counts: SlidingCount(stepMs: 3_600_000, steps: 24, capacity: capacity))
        }
    }

    /// - Parameters:
    ///   - senders: those of the request's events, in order.
    ///   - time: milliseconds on a clock that never goes back.
    mutating func admit(_ senders: [EventSender], at time: Int64) -> Decision {
        rate?.counts.advance(to: time)
        quota?.counts.advance(to: time)
        var fitting: [SenderID: Int] = [:]
        var excess: [Int] = []
        var overRate: [SenderID: Int] = [:]
        var overQuota: [SenderID: Int] = [:]
        for (index, sender) in senders.enumerated() {
            var fits = true
            sender.forEachID { id in
                let wanted = fitting[id, default: 0] + 1
                if Self.exceeds(rate, id, wanted) {
                    overRate[id] = overRate[id] ?? index
                    fits = false
                }
                if Self.exceeds(quota, id, wanted) {
                    overQuota[id] = overQuota[id] ?? index
                    fits = false
                }
            }
            if fits {
                sender.forEachID { fitting[$0, default: 0] += 1 }
            } else {
                excess.append(index)
            }
        }
        if excess.isEmpty { return .taken(take(fitting, at: time)) }
        var sent: [SenderID: Int] = [:]
        for sender in senders { sender.forEachID { sent[$0, default: 0] += 1 } }
        func offenders(_ over: [SenderID: Int], _ limit: Limit?) -> [Offender] {
            over.sorted { $0.value < $1.value }.map { id, event in
                Offender(kind: id.kind, event: event, wanted: (limit?.counts[id] ?? 0) + sent[id, default: 0])
            }
        }
        return .refused(
            Excess(events: excess, overRate: offenders(overRate, rate), overQuota: offenders(overQuota, quota))
        )
    }

    /// Undoes an admission whose request could not be stored.
    mutating func giveBack(_ admission: Admission) {
        for (id, count) in admission.counts {
            rate?.counts.remove(count, from: id, addedAt: admission.time)
            quota?.counts.remove(count, from: id, addedAt: admission.time)
        }
    }

    /// How many pairs are remembered, of all limits.
    var pairs: Int { (rate?.counts.pairs ?? 0) + (quota?.counts.pairs ?? 0) }

    private static func exceeds(_ limit: Limit?, _ id: SenderID, _ wanted: Int) -> Bool {
        guard let most = limit?.most, let counted = limit?.counts[id] else { return false }
        return counted + wanted > most
    }

    private mutating func take(_ counts: [SenderID: Int], at time: Int64) -> Admission {
        for (id, count) in counts {
            rate?.counts.add(count, to: id)
            quota?.counts.add(count, to: id)
        }
        return Admission(counts: counts, time: time)
    }
}

extension EventSender {
    fileprivate func forEachID(_ body: (RateLimiter.SenderID) -> Void) {
        if let device { body(.init(.device, device)) }
        if let user { body(.init(.user, user)) }
    }
}
