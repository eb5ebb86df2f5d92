public import EventModel
import Ingestion
import Logging
import ProjectStore
public import Storage
import Synchronization

/// Days that are not kept leave. Source: Documentation/data.md D18 to D21.
extension Compactor {
    /// From now on the project's days begin elsewhere.
    func follow(_ zone: ProjectTimeZone) { state.withLock { $0.zone = zone } }

    private var zone: ProjectTimeZone { state.withLock { $0.zone } }

    // MARK: Setting

    public func keeping() async throws -> Keeping {
        try await blocking { record, _ in try record.keeping() }
    }

    public func departures(keeping days: KeptDays) async throws -> Departures {
        let cut = days.cut(in: zone, at: settings.now())
        let hidden = try await blocking { record, _ in try record.hiddenPeople().keys }
        return Departures(cut: cut, try await departing(before: cut, since: keeping().cut, without: hidden))
    }

    public func keep(_ days: KeptDays?, confirming confirmed: Timestamp?) async throws {
        try await blocking { record, _ in try record.keep(days, confirming: confirmed) }
        state.withLock { $0.status.held = nil }
        let isDue: Bool = try await blocking { [self] _, now in try self.isDue(at: now) }
        if isDue { begin(endingGraces: false, meaningIt: false) }
    }

    // MARK: Leaving

    /// Whether days are to leave that nothing holds.
    func areDaysDue(at now: Timestamp) throws -> Bool {
        let keeping = try record.keeping()
        guard let due = keeping.dueCut(in: zone, at: now) else { return false }
        guard let held = status.held, held.cut == due else { return true }
        // What comes in tells that the clock is right. Else somebody is waited for, or the next day.
        return try held.reason == .clock && !Keeping.isQuiet(since: record.lastReceipt(), at: now)
    }

    /// The cut that a run takes; `nil` if no days leave.
    ///
    /// - Parameter isMeant: whether nothing holds them.
    func cutToTake(_ isMeant: Bool) async throws -> Timestamp? {
        let now = settings.now()
        var keeping = try await keeping()
        if isMeant, let days = keeping.days {
            let cut = days.cut(in: zone, at: now)
            try await blocking { record, _ in try record.confirm(cut) }
            keeping.confirmedCut = cut
        }
        let unfinished = keeping.isUnfinished ? keeping.cut : nil
        guard let due = keeping.dueCut(in: zone, at: now) else {
            note(held: nil)
            return unfinished
        }
        let (last, newest) = try await blocking { record, _ in (try record.lastSequence(), try record.lastReceipt()) }
        let departing = try await departing(before: due, since: keeping.cut).events
        if departing == 0, unfinished == nil, try await skip(to: due, ifNothingCameAfter: last) {
            note(held: nil)
            return nil
        }
        let events = try inUse.store.progress().rows
        let held = keeping.held(at: due, departing: departing, of: events, newest: newest, now: now)
        note(held: held)
        return held == nil ? due : unfinished
    }

    /// Takes a cut with which nothing leaves: no file is looked at.
    ///
    /// - Returns: false if something came in meanwhile, which may be of these days, or the store has not all of it.
    private func skip(to cut: Timestamp, ifNothingCameAfter last: JournalSequence) async throws -> Bool {
        let (record, store) = (record, inUse.store)
        return try await writer.changeRecord {
            guard try record.lastSequence() == last, try store.progress().sequence >= last else { return false }
            try record.setCut(cut)
            try record.noteCleared(cut)
            return true
        }
    }

    private func departing(
        before cut: Timestamp,
        since last: Timestamp?,
        without hidden: Set<UserKey> = []
    ) async throws -> DepartingEvents {
        try await feeder.waitUntilComplete()
        let store = inUse.store
        return try await blocking { record, _ in
            let passive = [EventNames.identify, EventNames.groupIdentify]
            let types = try passive.compactMap { try record.eventType(named: $0) }
            return try store.departures(before: cut, since: last, ignoring: types, without: hidden)
        }
    }

    /// Tells the log once.
    private func note(held: HeldDeparture?) {
        let before = state.withLock { state in
            defer { state.status.held = held }
            return state.status.held
        }
        guard let held, held.cut != before?.cut || held.reason != before?.reason else { return }
        settings.logger.warning(
            "days that are not kept stay for now: `antinode compact --yes` lets them leave",
            metadata: [
                "project": "\(writer.project)", "before": "\(held.cut.iso8601)",
                "events": "\(held.departing) of \(held.events)",
                "reason": held.reason == .clock
                    ? "nothing came in for two days, so the clock may be wrong" : "more than a tenth of all events",
            ]
        )
    }
}
