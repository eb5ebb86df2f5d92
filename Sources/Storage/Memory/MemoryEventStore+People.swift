public import EventModel
import JSONTape
import Synchronization

extension MemoryEventStore: PeopleStore {
    public func places(
        of users: [UserKey],
        without types: [EventTypeID],
        since cut: Timestamp?,
        newestFirst: Bool,
        offset: Int,
        limit: Int
    ) -> [EventPlace] {
        let mine = rows(of: users).filter { !types.contains($0.event.type) && $0.isPresent(since: cut) }
            .sorted { $0.comesBefore($1) }
        return (newestFirst ? mine.reversed() : mine).dropFirst(offset).prefix(limit).map { row in
            EventPlace(row: row.arrival, sessionID: row.event.sessionID)
        }
    }

    public func events(at rows: [Int]) -> [ResolvedEvent] {
        let batches = batches.withLock { $0 }
        let types = Dictionary(uniqueKeysWithValues: batches.flatMap(\.eventTypes).map { ($0.key, $0.value) })
        let contexts = Dictionary(uniqueKeysWithValues: batches.flatMap(\.contexts).map { ($0.key, $0.value) })
        let sets = Dictionary(uniqueKeysWithValues: propertySets.map { ($0.key, $0.value) })
        let devices = deviceIDs
        var users: [UserKey: UserFact] = [:]
        for fact in batches.flatMap(\.users) { users[fact.user] = fact }
        let all = Dictionary(uniqueKeysWithValues: allRows.map { ($0.arrival, $0) })
        return rows.compactMap { all[$0] }.map { row in
            ResolvedEvent(
                row: row.number,
                number: row.arrival,
                event: row.event,
                receivedAt: row.receivedAt,
                type: types[row.event.type] ?? "",
                amplitudeID: row.event.user == .nobody
                    ? nil : users[row.event.user]?.amplitudeID ?? AmplitudeID(row.event.user),
                userID: row.event.carriesUserID ? users[row.event.user]?.userID : nil,
                deviceID: devices[row.event.device],
                context: contexts[row.event.context] ?? EventContext(),
                userProperties: sets[row.event.userProperties] ?? "{}"
            )
        }
    }

    public func amplitudeIDs(of users: Set<UserKey>) -> [UserKey: AmplitudeID] {
        let facts = batches.withLock { $0.flatMap(\.users) }.filter { users.contains($0.user) }
        return Dictionary(facts.map { ($0.user, $0.amplitudeID) }) { $1 }
    }

    public func activity(of users: [UserKey], _ types: ActivityTypes, since cut: Timestamp?) -> PersonActivity {
        let rows = rows(of: users, since: cut, ignoring: types.ignored)
        let counted = rows.filter { !types.ignored.contains($0.event.type) }
        let present = counted.filter { $0.isPresent(since: cut) }
        var activity = PersonActivity()
        activity.events = present.count
        activity.first = counted.map(\.event.time).min()
        activity.last = counted.map(\.event.time).max()
        activity.purchases = present.count { $0.event.revenue ?? 0 > 0 }
        activity.revenue = present.reduce(0) { $0 + ($1.event.revenue ?? 0) }
        let active = present.filter { !types.inactive.contains($0.event.type) && $0.event.sessionID != -1 }
        for session in Dictionary(grouping: active, by: \.event.sessionID).values {
            activity.sessions += 1
            let times = session.filter { !types.lengthless.contains($0.event.type) }.map(\.event.clientTime)
            guard let first = times.min(), let last = times.max() else { continue }
            let (length, overflow) = last.milliseconds.subtractingReportingOverflow(first.milliseconds)
            if !overflow, length <= PersonActivity.longestSessionMs { activity.sessionMilliseconds += length }
        }
        let names = deviceIDs
        for row in rows.sorted(by: { $1.comesBefore($0) }) {
            guard let device = names[row.event.device], !activity.devices.contains(device) else { continue }
            activity.devices.append(device)
        }
        activity.devices = Array(activity.devices.prefix(PersonActivity.mostDevices))
        activity.location = counted.sorted { $1.comesBefore($0) }.lazy.compactMap(\.location).first
        return activity
    }

    public func spans(of users: [UserKey], without types: [EventTypeID], since cut: Timestamp?) -> [UserSpan] {
        let names = deviceIDs
        return Dictionary(grouping: rows(of: users, since: cut, ignoring: types), by: \.event.user).map { user, rows in
            let counted = rows.filter { !types.contains($0.event.type) }
            let latest = rows.max { $0.comesBefore($1) }
            return UserSpan(
                user: user,
                first: counted.map(\.event.time).min(),
                last: counted.map(\.event.time).max(),
                lastRow: rows.map(\.arrival).max() ?? 0,
                lastDeviceID: latest.flatMap { names[$0.event.device] }
            )
        }.sorted { $0.user < $1.user }
    }

    public func readLastTimes(
        without types: [EventTypeID],
        since cut: Timestamp?,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>) -> Void
    ) {
        var last: [Int32: Int64] = [:]
        let counted = allRows.filter { !types.contains($0.event.type) }
        for (user, rows) in Dictionary(grouping: counted, by: \.event.user.number) {
            let latest = rows.filter { $0.isPresent(since: cut) }.map(\.event.time).max()
            last[user] = (latest ?? rows.map(\.event.time).min())?.milliseconds
        }
        let (users, times) = (Array(last.keys), Array(last.values))
        body(users.span, times.span)
    }

    public func users(onDevice device: DeviceKey, limit: Int) -> [UserKey] {
        let rows = allRows.filter { $0.event.device == device }.sorted { $1.comesBefore($0) }
        var users: [UserKey] = []
        for row in rows where !users.contains(row.event.user) { users.append(row.event.user) }
        return Array(users.prefix(limit))
    }

    public func changes(of column: NumberColumn, users: [UserKey], limit: Int) -> [NumberChange] {
        var current: [UserKey: Int32] = [:]
        var changes: [NumberChange] = []
        for row in rows(of: users) where current[row.event.user] != row.event[column] {
            current[row.event.user] = row.event[column]
            changes.append(NumberChange(row: row.arrival, user: row.event.user, number: row.event[column]))
        }
        return Array(changes.reversed().prefix(limit))
    }

    public func eventCounts(_ times: Range<Timestamp>, without users: Set<UserKey>) -> [EventTypeID: Int] {
        let counted = allRows.filter { times.contains($0.event.time) && !users.contains($0.event.user) }
        return Dictionary(grouping: counted, by: \.event.type).mapValues(\.count)
    }

    public func departures(
        before cut: Timestamp,
        since last: Timestamp?,
        ignoring types: [EventTypeID],
        without users: Set<UserKey>
    ) -> DepartingEvents {
        let old = allRows.filter { !$0.isPresent(since: cut) && !users.contains($0.event.user) }
        let new = Set(old.filter { $0.event.user != .nobody && !types.contains($0.event.type) }.map(\.event.user))
        return DepartingEvents(
            events: old.count - new.count,
            first: old.filter { $0.isPresent(since: last) }.map(\.event.time).min()
        )
    }

    // MARK: Inside

    var allRows: [MemoryRow] {
        var rows: [MemoryRow] = []
        var arrived = 0
        for batch in batches.withLock({ $0 }) {
            for (index, event) in batch.events.enumerated() {
                rows.append(
                    MemoryRow(
                        number: rows.count,
                        arrival: arrived + batch.place(of: index),
                        event: event,
                        receivedAt: event.receivedAt ?? batch.receivedAt
                    )
                )
            }
            arrived += batch.committedEvents
        }
        return rows
    }

    private func rows(of users: [UserKey]) -> [MemoryRow] {
        allRows.filter { users.contains($0.event.user) }
    }

    /// The users' events that there are, and the first of each.
    private func rows(of users: [UserKey], since cut: Timestamp?, ignoring types: [EventTypeID]) -> [MemoryRow] {
        let mine = rows(of: users)
        var firsts: [UserKey: MemoryRow] = [:]
        for row in mine where !types.contains(row.event.type) {
            if let first = firsts[row.event.user], first.comesBefore(row) { continue }
            firsts[row.event.user] = row
        }
        return mine.filter { $0.isPresent(since: cut) || firsts[$0.event.user]?.number == $0.number }
    }

    private var deviceIDs: [DeviceKey: String] {
        let devices = batches.withLock { $0.flatMap(\.devices) }
        return Dictionary(uniqueKeysWithValues: devices.map { ($0.key, $0.value) })
    }
}

struct MemoryRow {
    var number: Int
    /// In the order of arrival of all that ever came.
    var arrival: Int
    var event: StoredEvent
    var receivedAt: Timestamp

    func comesBefore(_ other: MemoryRow) -> Bool {
        (event.time, number) < (other.event.time, other.number)
    }

    /// Whether it has not left.
    func isPresent(since cut: Timestamp?) -> Bool { cut.map { event.time >= $0 } ?? true }

    var location: PersonActivity.Location? {
        guard let extras = event.extras else { return nil }
        return try? JSONDocument.withRoot(of: Array(extras.utf8)) { root in
            guard let latitude = root["location_lat"]?.double, let longitude = root["location_lng"]?.double else {
                return nil
            }
            return PersonActivity.Location(latitude: latitude, longitude: longitude)
        }
    }
}
