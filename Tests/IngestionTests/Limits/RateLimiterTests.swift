import Storage
import TestSupport
import Testing

@testable import Ingestion

private let second: Int64 = 1_000
private let hour: Int64 = 3_600_000

private func sender(device: UInt64? = nil, user: UInt64? = nil) -> EventSender {
    EventSender(
        device: device.map { Fingerprint(high: 0, low: $0) },
        user: user.map { Fingerprint(high: 0, low: $0) }
    )
}

@Suite struct RateLimiterTests {
    /// A character is a second (or an hour): a digit is a request with so many events of one device, `-` is none.
    /// In `taken`, `+` is a request that is taken and `x` one that is not.
    struct Case: CustomTestStringConvertible {
        var sent: String
        var taken: String
        var why: String

        init(_ sent: String, _ taken: String, _ why: String) {
            (self.sent, self.taken, self.why) = (sent, taken, why)
        }

        var testDescription: String { "\(sent) \(why)" }
    }

    private func outcome(_ c: Case, _ limiter: RateLimiter, step: Int64) -> String {
        var limiter = limiter
        var outcome = ""
        for (index, character) in c.sent.enumerated() {
            guard let count = character.wholeNumberValue else {
                outcome += "-"
                continue
            }
            let senders = Array(repeating: sender(device: 7), count: count)
            switch limiter.admit(senders, at: 1_000_000 * step + Int64(index) * step) {
            case .taken: outcome += "+"
            case .refused: outcome += "x"
            }
        }
        return outcome
    }

    @Test(
        "one event a second, averaged over 4 seconds",
        arguments: [
            Case("4", "+", "all of the window's events may come at once"),
            Case("5", "x", "one more than the window has never fits"),
            Case("4111", "+xxx", "until they have passed"),
            Case("4---1", "+---+", "the fifth second is free again"),
            Case("11111111", "++++++++", "at the rate itself, for ever"),
            Case("2-2-2-2", "+-+-+-+", "so it is in gusts"),
            Case("3-21", "+-x+", "a request that is refused uses up nothing"),
            Case("9999941", "xxxxx+x", "however many of them there are"),
            Case("22---2", "++---+", "both of the first are gone"),
            Case("0", "+", "a request without events"),
        ]
    )
    func rate(_ c: Case) {
        let limiter = RateLimiter(RateLimits(eventsPerSecond: 1, windowSeconds: 4))
        #expect(outcome(c, limiter, step: second) == c.taken, "\(c.why)")
    }

    @Test(
        "four events a day, in hours",
        arguments: [
            Case("5", "x", "more than a day's in one request"),
            Case("4----------------------1", "+----------------------x", "23 hours later"),
            Case("4-----------------------1", "+-----------------------+", "24 hours later"),
            Case("31----------------------31", "++----------------------++", "each hour passes by itself"),
            Case("31----------------------23", "++----------------------+x", "and frees what it had"),
        ]
    )
    func quota(_ c: Case) {
        #expect(outcome(c, RateLimiter(RateLimits(eventsPerDay: 4)), step: hour) == c.taken, "\(c.why)")
    }

    @Test("a day begins at a full hour: 23 hours and a moment can be enough")
    func fullHours() {
        var limiter = RateLimiter(RateLimits(eventsPerDay: 1))
        #expect(limiter.admit([sender(user: 1)], at: hour - 1).isTaken)
        #expect(!limiter.admit([sender(user: 1)], at: 24 * hour - 1).isTaken)
        #expect(limiter.admit([sender(user: 1)], at: 24 * hour).isTaken)
    }

    @Test("devices and users count apart, events without either not at all")
    func apart() {
        var limiter = RateLimiter(RateLimits(eventsPerSecond: 1, windowSeconds: 1))
        #expect(limiter.admit([sender(device: 1), sender(user: 1), sender(user: 2)], at: 0).isTaken)
        #expect(limiter.admit(Array(repeating: sender(), count: 50), at: 0).isTaken)
        #expect(!limiter.admit([sender(device: 1, user: 3)], at: 0).isTaken)
        #expect(!limiter.admit([sender(device: 3, user: 1)], at: 0).isTaken)
        #expect(limiter.admit([sender(device: 3, user: 3)], at: 0).isTaken)
    }

    @Test("the events that find no room are listed, and their devices and users named with what they wanted")
    func excess() {
        var limiter = RateLimiter(RateLimits(eventsPerSecond: 1, windowSeconds: 2, eventsPerDay: 3))
        #expect(limiter.admit([sender(device: 1, user: 9)], at: 0).isTaken)
        let senders = [
            sender(device: 1, user: 8), sender(device: 1, user: 9), sender(device: 2, user: 9), sender(user: 7),
            sender(device: 1, user: 7),
        ]
        // Device 1 has room for one, and user 9 too: event 1 is refused for its device, so event 2 fits.
        let expected = RateLimiter.Excess(
            events: [1, 4],
            overRate: [.init(kind: .device, event: 1, wanted: 4)],
            overQuota: []
        )
        #expect(limiter.admit(senders, at: 1_999) == .refused(expected))
        let rest = [0, 2, 3].map { senders[$0] }
        #expect(limiter.admit(rest, at: 1_999).isTaken, "the events that were not listed are taken")
        #expect(
            limiter.admit([1, 4].map { senders[$0] }, at: 2_000)
                == .refused(
                    RateLimiter.Excess(
                        events: [1],
                        overRate: [.init(kind: .device, event: 1, wanted: 3)],
                        overQuota: [.init(kind: .device, event: 1, wanted: 4)]
                    )
                ),
            "a second later one of the others is, and device 1 has had its day's events with it"
        )
    }

    @Test("what could not be stored is given back")
    func giveBack() {
        var limiter = RateLimiter(RateLimits(eventsPerSecond: 1, windowSeconds: 3, eventsPerDay: 3))
        guard case .taken(let admission) = limiter.admit(Array(repeating: sender(user: 1), count: 3), at: 0) else {
            Issue.record("3 events fit")
            return
        }
        #expect(!limiter.admit([sender(user: 1)], at: 1_000).isTaken)
        limiter.giveBack(admission)
        #expect(limiter.pairs == 0)
        #expect(limiter.admit(Array(repeating: sender(user: 1), count: 3), at: 1_000).isTaken)
    }

    @Test("with more senders than can be remembered, limits get milder and memory stays")
    func cap() {
        var limiter = RateLimiter(RateLimits(eventsPerSecond: 1, windowSeconds: 10, eventsPerDay: 20), capacity: 50)
        for number in 0..<1_000 {
            #expect(limiter.admit([sender(device: UInt64(number))], at: Int64(number) * 100).isTaken)
            #expect(limiter.pairs <= 100)
        }
        #expect(!limiter.admit(Array(repeating: sender(device: 5_000), count: 11), at: 100_000).isTaken)
        _ = limiter.admit([], at: 100_000 + 24 * hour)
        #expect(limiter.pairs == 0, "whoever is idle is forgotten")
    }

    // MARK: The rule once more, as plainly as can be

    private struct OracleEvent {
        var time: Int64
        var sender: EventSender
    }

    /// Which of the events find no room, told by a look at every event that was ever taken.
    private func excess(_ senders: [EventSender], at time: Int64, _ past: [OracleEvent], _ limits: RateLimits) -> [Int]
    {
        var taken = past
        var excess: [Int] = []
        for (index, sender) in senders.enumerated() {
            let inWindow = taken.filter {
                let seconds = (Double(time) / 1_000).rounded(.down) - (Double($0.time) / 1_000).rounded(.down)
                return seconds < Double(limits.windowSeconds)
            }
            let today = taken.filter {
                (Double(time) / 3_600_000).rounded(.down) - (Double($0.time) / 3_600_000).rounded(.down) < 24
            }
            let most = (limits.eventsPerSecond ?? 1_000_000) * limits.windowSeconds
            let mostToday = limits.eventsPerDay ?? 1_000_000_000
            var fits = true
            if let device = sender.device {
                if inWindow.filter({ $0.sender.device == device }).count >= most { fits = false }
                if today.filter({ $0.sender.device == device }).count >= mostToday { fits = false }
            }
            if let user = sender.user {
                if inWindow.filter({ $0.sender.user == user }).count >= most { fits = false }
                if today.filter({ $0.sender.user == user }).count >= mostToday { fits = false }
            }
            if fits {
                taken.append(OracleEvent(time: time, sender: sender))
            } else {
                excess.append(index)
            }
        }
        return excess
    }

    @Test(
        "random requests, as the rule says",
        arguments: [
            RateLimits(eventsPerSecond: 1, windowSeconds: 3), RateLimits(eventsPerSecond: 2, windowSeconds: 1),
            RateLimits(eventsPerDay: 7), RateLimits(eventsPerSecond: 1, windowSeconds: 4, eventsPerDay: 12),
        ],
        [1, 2, 3] as [UInt64]
    )
    func oracle(limits: RateLimits, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var limiter = RateLimiter(limits)
        var past: [OracleEvent] = []
        var time: Int64 = 5_000_000
        var (taken, refused) = (0, 0)
        for _ in 0..<1_500 {
            time += [0, 1, 400, 999, 1_000, 2_500, hour / 2, hour, 9 * hour].randomElement(using: &random) ?? 0
            let senders = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                sender(
                    device: [nil, 1, 2, 3].randomElement(using: &random) ?? nil,
                    user: [nil, nil, 1, 2].randomElement(using: &random) ?? nil
                )
            }
            let excess = excess(senders, at: time, past, limits)
            switch limiter.admit(senders, at: time) {
            case .taken(let admission):
                #expect(excess == [], "at \(time), seed \(seed)")
                taken += 1
                // Now and then the disk is full.
                if Int.random(in: 0..<8, using: &random) == 0 {
                    limiter.giveBack(admission)
                } else {
                    past += senders.map { OracleEvent(time: time, sender: $0) }
                    past.removeAll { time - $0.time > 25 * hour }
                }
            case .refused(let found):
                #expect(found.events == excess, "at \(time), seed \(seed)")
                refused += 1
            }
        }
        #expect(taken > 100 && refused > 100, "both happen: \(taken), \(refused)")
    }
}

extension RateLimiter.Decision {
    fileprivate var isTaken: Bool {
        if case .taken = self { true } else { false }
    }
}
