public import EventModel
public import Storage

/// Answers questions about single people, and lists event types. Sees everything acknowledged before it is asked.
///
/// One at a time, on a queue of its own, as its calls block.
public actor PeopleEngine {
    private let record: any ProjectRecord
    private let stores: @Sendable () -> any PeopleStore
    private let now: @Sendable () -> Timestamp
    private let waitUntilVisible: @Sendable () async throws(EventStoreError) -> Void
    private let executor = SerialQueueExecutor(label: "antinode.people")

    /// The most people that a prefix finds. Source: Documentation/people.md P2.
    private let mostByPrefix: Int
    /// Of more that fit, it is first found who was seen last.
    private let mostLookedAt: Int
    /// Of those who were seen in one moment, so many more are looked at.
    private static let mostTied = 1_000
    /// The most people that one device finds.
    private static let mostOnDevice = 1_000
    /// The most events that are listed beyond the limit to keep a session whole.
    private static let longestSession = 10_000

    // Safe: the actor owns its executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - now: the server's clock.
    ///   - store: asked for with each use, as another may take its place.
    ///   - waitUntilVisible: returns when everything acknowledged before the call is in `store`.
    public init(
        record: any ProjectRecord,
        store: @escaping @autoclosure @Sendable () -> any PeopleStore,
        now: @escaping @Sendable () -> Timestamp,
        waitUntilVisible: @escaping @Sendable () async throws(EventStoreError) -> Void
    ) {
        self.init(
            record: record,
            store: store(),
            now: now,
            mostByPrefix: 100,
            mostLookedAt: 1_000,
            waitUntilVisible: waitUntilVisible
        )
    }

    init(
        record: any ProjectRecord,
        store: @escaping @autoclosure @Sendable () -> any PeopleStore,
        now: @escaping @Sendable () -> Timestamp,
        mostByPrefix: Int,
        mostLookedAt: Int,
        waitUntilVisible: @escaping @Sendable () async throws(EventStoreError) -> Void
    ) {
        self.mostByPrefix = mostByPrefix
        self.mostLookedAt = mostLookedAt
        self.record = record
        stores = store
        self.now = now
        self.waitUntilVisible = waitUntilVisible
    }

    private var store: any PeopleStore { stores() }

    // MARK: Search

    /// - Parameters:
    ///   - text: an Amplitude ID, a device id, a user id or the beginning of an id, tried in this order.
    ///   - zone: the project's.
    public func search(_ text: String, zone: ProjectTimeZone) async throws(QueryError) -> PersonSearchAnswer {
        try await answering {
            let (kind, found) = try find(text)
            var people: [UserKey: PersonKeys] = [:]
            for user in found {
                let person = try PersonKeys(of: user, record)
                people[person.canonical] = person
            }
            let all = try matches(Array(people.values), zone)
            let most = kind == .userPrefix ? mostByPrefix : all.count
            return PersonSearchAnswer(kind: kind, matches: Array(all.prefix(most)))
        }
    }

    /// - Parameter people: those whom a query's answer names.
    /// - Returns: for each how ``search(_:zone:)`` shows it.
    public func names(of people: [UserKey]) async throws(QueryError) -> [PersonNames] {
        try await answering { try people.map { try names(of: $0) } }
    }

    private func names(of user: UserKey) throws -> PersonNames {
        let state = try record.user(user)
        return PersonNames(state?.amplitudeID ?? AmplitudeID(user), userID: state?.userID)
    }

    /// The key of whoever has an Amplitude ID; `nil` if nobody has.
    public func user(_ amplitudeID: AmplitudeID) async throws(QueryError) -> UserKey? {
        try await answering { try record.user(amplitudeID)?.key }
    }

    private func find(_ text: String) throws -> (PersonSearchAnswer.Kind, [UserKey]) {
        if let number = Int64(text), let user = try user(AmplitudeID(number)) {
            return (.amplitudeID, [user.key])
        }
        var exact: [UserKey] = []
        if let user = try record.user(withID: text) { exact.append(user.key) }
        if let device = try record.device(withID: text) {
            // Nobody, after the one for whom it stood was deleted.
            if device.user != .nobody { exact.append(device.user) }
            let hidden = try record.hiddenPeople()
            exact += try store.users(onDevice: device.key, limit: Self.mostOnDevice).filter { !hidden.contains($0) }
        }
        if !exact.isEmpty { return (.userOrDeviceID, exact) }
        let people = try record.users(withIDPrefix: text)
        if people.count > mostLookedAt { return (.userPrefix, try lastSeen(of: people)) }
        return (people.isEmpty ? .nothing : .userPrefix, people)
    }

    /// Of many, the people who were seen last: as many as a prefix finds, or a few more.
    private func lastSeen(of users: [UserKey]) throws -> [UserKey] {
        var lastSeen = LastSeen(of: users, try record.standingMerges())
        try store.readLastTimes(without: activityTypes().ignored, since: cut) { users, times in
            for index in users.indices { lastSeen.note(UserKey(users[index]), times[index]) }
        }
        return lastSeen.latest(mostByPrefix, ties: Self.mostTied)
    }

    private func matches(_ people: [PersonKeys], _ zone: ProjectTimeZone) throws -> [PersonSearchAnswer.Match] {
        let spans = try spans(of: people.flatMap(\.all))
        var found: [(last: Timestamp?, match: PersonSearchAnswer.Match)] = []
        for person in people {
            let mine = person.all.compactMap { spans[$0] }
            let state = try PersonState(of: person.identities, lastRows: spans.mapValues(\.lastRow), record, store)
            let last = mine.compactMap(\.last).max()
            let latest = mine.max { ($0.last ?? .distantPast, $0.lastRow) < ($1.last ?? .distantPast, $1.lastRow) }
            let names = try names(of: person.canonical)
            found.append(
                (
                    last,
                    PersonSearchAnswer.Match(
                        amplitudeID: names.amplitudeID,
                        userID: names.userID,
                        lastDeviceID: latest?.lastDeviceID,
                        platform: state.context[.platform],
                        country: state.context[.country],
                        lastSeen: last.map { zone.calendarDate(of: $0) }
                    )
                )
            )
        }
        return found.sorted { a, b in
            let (lastA, lastB) = (a.last ?? .distantPast, b.last ?? .distantPast)
            return lastA != lastB ? lastA > lastB : a.match.precedes(b.match)
        }.map(\.match)
    }

    // MARK: One person

    /// - Parameters:
    ///   - name: also of somebody who was merged into another, or whom nobody knows.
    ///   - newestFirst: whether `offset` counts, and the answer lists, from the latest event or from the first one.
    ///   - limit: the most events; a session that begins within is listed to its end.
    public func activity(
        of name: PersonName,
        newestFirst: Bool,
        offset: Int,
        limit: Int,
        zone: ProjectTimeZone
    ) async throws(QueryError) -> PersonActivityAnswer {
        try await answering {
            guard let user = try user(name) else {
                return PersonActivityAnswer(person: nil, events: [], firstSeen: [:])
            }
            let keys = try PersonKeys(of: user.key, record)
            let types = try activityTypes()
            let spans = try spans(of: keys.all)
            let state = try PersonState(
                of: keys.identities,
                lastRows: spans.mapValues(\.lastRow),
                record,
                store
            )
            let activity = try store.activity(of: keys.all, types, since: cut)
            let events = try store.events(
                at: page(of: keys.all, types.ignored, newestFirst: newestFirst, offset: offset, limit: limit)
            )
            let names = try names(of: keys.canonical)
            return PersonActivityAnswer(
                person: PersonProfile(
                    amplitudeID: names.amplitudeID,
                    userID: names.userID,
                    merged: try keys.all.dropFirst().map { try self.names(of: $0).amplitudeID }.sorted(),
                    activity: activity,
                    firstUsed: activity.first.map { zone.calendarDate(of: $0) },
                    lastUsed: activity.last.map { zone.calendarDate(of: $0) },
                    context: state.context,
                    properties: state.properties
                ),
                events: events,
                firstSeen: spans.compactMapValues(\.first)
            )
        }
    }

    private func user(_ name: PersonName) throws -> UserState? {
        switch name {
        case .amplitudeID(let id): try user(id)
        case .userID(let text): try record.user(withID: text)
        }
    }

    /// `nil` also for who was deleted: of the ways to find somebody, ids lead to them no more, but their Amplitude ID is known.
    private func user(_ id: AmplitudeID) throws -> UserState? {
        guard let user = try record.user(id), try !record.hiddenPeople().contains(user.key) else { return nil }
        return user
    }

    /// The rows of a page: `limit` events, and what is left of the session in which they end.
    private func page(
        of users: [UserKey],
        _ ignored: [EventTypeID],
        newestFirst: Bool,
        offset: Int,
        limit: Int
    ) throws -> [Int] {
        let places = try store.places(
            of: users,
            without: ignored,
            since: cut,
            newestFirst: newestFirst,
            offset: offset,
            limit: limit + Self.longestSession
        )
        var end = min(limit, places.count)
        if end > 0, places[end - 1].sessionID != -1 {
            let session = places[end - 1].sessionID
            end = 1 + (places.lastIndex { $0.sessionID == session } ?? end - 1)
        }
        return places[..<end].map(\.row)
    }

    // MARK: For an application

    /// Who somebody is now.
    ///
    /// - Parameters:
    ///   - userID: who is meant, or else whoever `deviceID` stands for.
    ///   - zone: the project's.
    /// - Returns: `nil` if nobody has that id.
    public func profile(
        userID: String?,
        deviceID: String?,
        zone: ProjectTimeZone
    ) async throws(QueryError) -> PersonNow? {
        try await answering {
            var found = try userID.flatMap { try record.user(withID: $0)?.key }
            if found == nil, let device = try deviceID.flatMap({ try record.device(withID: $0) }),
                device.user != .nobody
            {
                found = device.user
            }
            guard let found else { return nil }
            let keys = try PersonKeys(of: found, record)
            let spans = try spans(of: keys.all)
            let state = try PersonState(of: keys.identities, lastRows: spans.mapValues(\.lastRow), record, store)
            return PersonNow(
                names: try names(of: keys.canonical),
                keys: keys.all,
                firstUsed: spans.values.compactMap(\.first).min().map { zone.calendarDate(of: $0) },
                lastUsed: spans.values.compactMap(\.last).max().map { zone.calendarDate(of: $0) },
                context: state.context,
                properties: state.properties
            )
        }
    }

    /// By user id, in order: who counts as whom because somebody said so; nobody of ids that are nobody's.
    public func mappings(of userIDs: [String]) async throws(QueryError) -> [PersonMappings] {
        try await answering {
            try userIDs.map { id in
                guard let user = try record.user(withID: id)?.key else { return PersonMappings(from: [], to: []) }
                let from = try record.merges(into: user).filter { $0.cause == .mapping }
                let to = try record.merge(of: user).flatMap { $0.cause == .mapping ? $0 : nil }
                return PersonMappings(
                    from: try from.map { try names(of: $0.from) },
                    to: try [to].compactMap(\.self).map { try names(of: $0.into) }
                )
            }
        }
    }

    // MARK: All of one person

    /// The person who is meant, also by what was merged into them; `nil` if nobody has that name.
    public func person(_ name: PersonName) async throws(QueryError) -> UserKey? {
        try await answering { try user(name).map { try PersonKeys(of: $0.key, record).canonical } }
    }

    /// The rows of all events of a person, the earliest first; not those of users who are only mapped to it. None of who
    /// was deleted; the first of whose others have left for their age is one, as it is still known.
    public func rows(of user: UserKey) async throws(QueryError) -> [Int] {
        try await answering {
            if try record.hiddenPeople().contains(user) { return [] }
            let keys = try PersonKeys(of: user, record)
            return try store.places(of: keys.identities, without: [], newestFirst: false, offset: 0, limit: .max)
                .map(\.row)
        }
    }

    /// - Parameter rows: few enough for their events to be in memory at once.
    public func events(at rows: [Int]) async throws(QueryError) -> [ResolvedEvent] {
        try await answering { try store.events(at: rows) }
    }

    // MARK: Event types

    /// Every event type that has occurred and is not hidden, by name, with its events of this calendar week.
    public func eventTypes(zone: ProjectTimeZone) async throws(QueryError) -> [ListedEventType] {
        try await answering {
            let settings = try record.eventSettings()
            let now = self.now()
            let today = zone.calendarDate(of: now)
            // 1970-01-01 was a Thursday; weeks begin on Monday.
            let monday = today.adding(days: -((today.daysSinceEpoch % 7 + 10) % 7))
            let start = zone.start(of: monday)
            let startBefore = zone.start(of: monday.adding(days: -7))
            let nowBefore = Timestamp(milliseconds: startBefore.milliseconds + now.milliseconds - start.milliseconds)
            let hidden = try record.hiddenPeople()
            func counts(_ times: Range<Timestamp>) throws -> [EventTypeID: Int] {
                try store.eventCounts(hidden.present(times), without: hidden.keys)
            }
            let totals = try counts(start..<zone.start(of: monday.adding(days: 7)))
            let before = try counts(startBefore..<nowBefore)
            return try record.eventTypeNames().filter { type in
                EventNames.isActivity(type.value) && !settings.isHidden(ExactText(type.value))
            }.sorted { ExactText($0.value) < ExactText($1.value) }.map { type in
                ListedEventType(
                    id: type.key,
                    name: type.value,
                    settings: settings[ExactText(type.value)],
                    total: totals[type.key] ?? 0,
                    totalWeekBefore: before[type.key] ?? 0
                )
            }
        }
    }

    // MARK: Inside

    /// What happened earlier has left.
    private var cut: Timestamp? { get throws { try record.hiddenPeople().cut } }

    private func spans(of users: [UserKey]) throws -> [UserKey: UserSpan] {
        let spans = try store.spans(of: users, without: activityTypes().ignored, since: cut)
        return Dictionary(uniqueKeysWithValues: spans.map { ($0.user, $0) })
    }

    private func activityTypes() throws -> ActivityTypes {
        let settings = try record.eventSettings()
        func ids(_ names: some Sequence<String>) throws -> [EventTypeID] {
            try names.compactMap { try record.eventType(named: $0) }
        }
        let types = settings.types.keys.map(\.string)
        return ActivityTypes(
            ignored: try ids([EventNames.identify, EventNames.groupIdentify]),
            inactive: try ids(types.filter { !settings.isActive(ExactText($0)) }),
            lengthless: try ids(types.filter { !settings.countsForSessionLength(ExactText($0)) })
        )
    }

    private func answering<Answer: Sendable>(
        _ body: () throws -> Answer
    ) async throws(QueryError) -> Answer {
        do {
            try await waitUntilVisible()
            return try body()
        } catch {
            throw .unavailable(detail: "\(error)")
        }
    }
}

extension PersonSearchAnswer.Match {
    /// The order of those who were seen last in the same moment: by user id, those without one last.
    fileprivate func precedes(_ other: Self) -> Bool {
        switch (userID.map { ExactText($0) }, other.userID.map { ExactText($0) }) {
        case (let a?, let b?) where a != b: a < b
        case (_?, nil): true
        case (nil, _?): false
        default: amplitudeID < other.amplitudeID
        }
    }
}

extension Timestamp {
    fileprivate static let distantPast = Timestamp(milliseconds: .min)
}

extension ProjectTimeZone {
    /// As ``date(of:)``, for moments that senders may have made up: what lies outside the calendar's years is its edge.
    fileprivate func calendarDate(of time: Timestamp) -> CalendarDate {
        date(of: Timestamp(milliseconds: min(max(time.milliseconds, Self.earliest), Self.latest)))
    }

    // A day from the edges, as a zone may lie on the other side of them.
    private static let earliest = Int64(CalendarDate(year: 1, month: 1, day: 2)!.daysSinceEpoch) * 86_400_000
    private static let latest = Int64(CalendarDate(year: 9999, month: 12, day: 30)!.daysSinceEpoch) * 86_400_000
}
