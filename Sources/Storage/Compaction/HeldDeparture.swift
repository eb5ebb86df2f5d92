public import EventModel

/// Days that are to leave, and wait for somebody who means it. Source: Documentation/data.md D21.
public struct HeldDeparture: Equatable, Sendable {
    public enum Reason: String, Sendable {
        /// It is too much of all that there is.
        case tooMany = "too_many"
        /// Nothing has come in for so long that the clock may be wrong.
        case clock
    }

    public var reason: Reason
    /// What happened earlier is to leave.
    public var cut: Timestamp
    /// Events that would leave, and those that there are.
    public var departing: Int
    public var events: Int

    public init(_ reason: Reason, cut: Timestamp, departing: Int, events: Int) {
        self.reason = reason
        self.cut = cut
        self.departing = departing
        self.events = events
    }
}

extension Keeping {
    /// The clock may be so far beyond what came last.
    private static let mostQuietMs: Int64 = 2 * 86_400_000

    /// Whether the clock is so far beyond what came last that it may be wrong.
    public static func isQuiet(since newest: Timestamp?, at now: Timestamp) -> Bool {
        newest.map { now.milliseconds - $0.milliseconds > mostQuietMs } ?? false
    }

    /// What keeps days from leaving; `nil` if nothing does.
    ///
    /// - Parameters:
    ///   - cut: one that is due.
    ///   - departing: events that leave with it, of so many that there are.
    ///   - newest: when something came in last.
    public func held(
        at cut: Timestamp,
        departing: Int,
        of events: Int,
        newest: Timestamp?,
        now: Timestamp
    ) -> HeldDeparture? {
        if let confirmedCut, cut <= confirmedCut { return nil }
        func held(_ reason: HeldDeparture.Reason) -> HeldDeparture {
            HeldDeparture(reason, cut: cut, departing: departing, events: events)
        }
        if Self.isQuiet(since: newest, at: now) { return held(.clock) }
        // A tenth; of few days one is more than that, and then twice an average one.
        let days = days?.count ?? 0
        return departing * 10 > events && departing * (days + 1) > 2 * events ? held(.tooMany) : nil
    }
}
