public import EventModel

/// Reads the events of single people row by row, where an ``EventStore`` reads columns of all of them. Every store is both.
///
/// What is called a row here is an event's number in the order of arrival, counted from 0 over all that ever came: it stays
/// what it is when others leave.
///
/// Where a cut is given, events of before have left, and whether they are still stored makes no difference; but each user's
/// first event of a type that is not ignored says when they were new. No cut: none has left.
/// Source: Documentation/data.md D19.
///
/// Calls block. What a read sees: every batch whose append has returned.
public protocol PeopleStore: Sendable {
    /// Where some of the users' events are: those between `offset` and `offset + limit` in the order of their time,
    /// ties in stored order, or all that backwards.
    func places(
        of users: [UserKey],
        without types: [EventTypeID],
        since cut: Timestamp?,
        newestFirst: Bool,
        offset: Int,
        limit: Int
    ) throws(EventStoreError) -> [EventPlace]

    /// Whole events with their names, in the order of `rows`; a row that is not there is left out.
    func events(at rows: [Int]) throws(EventStoreError) -> [ResolvedEvent]

    /// The Amplitude IDs of users; whoever is not there is left out.
    func amplitudeIDs(of users: Set<UserKey>) throws(EventStoreError) -> [UserKey: AmplitudeID]

    /// Sums over all of the users' events together.
    func activity(
        of users: [UserKey],
        _ types: ActivityTypes,
        since cut: Timestamp?
    ) throws(EventStoreError) -> PersonActivity

    /// When each of the users was there; users without any event are left out.
    func spans(
        of users: [UserKey],
        without types: [EventTypeID],
        since cut: Timestamp?
    ) throws(EventStoreError) -> [UserSpan]

    /// The time of everybody's last event, leaving out those of some types, with the user: some at once, in no order.
    func readLastTimes(
        without types: [EventTypeID],
        since cut: Timestamp?,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>) -> Void
    ) throws(EventStoreError)

    /// The users whose events came from a device, the last seen first.
    func users(onDevice device: DeviceKey, limit: Int) throws(EventStoreError) -> [UserKey]

    /// Each event of the users whose number in `column` is another than that of the user's event before it in stored
    /// order, the last stored first.
    func changes(
        of column: NumberColumn,
        users: [UserKey],
        limit: Int
    ) throws(EventStoreError) -> [NumberChange]

    /// How many events of each type lie in `times`, leaving out those of some users.
    func eventCounts(
        _ times: Range<Timestamp>,
        without users: Set<UserKey>
    ) throws(EventStoreError) -> [EventTypeID: Int]

    /// What leaves with a cut.
    ///
    /// - Parameters:
    ///   - last: the cut that there was before.
    ///   - types: they make nobody new.
    ///   - users: whose events are not counted.
    func departures(
        before cut: Timestamp,
        since last: Timestamp?,
        ignoring types: [EventTypeID],
        without users: Set<UserKey>
    ) throws(EventStoreError) -> DepartingEvents
}

/// Events that leave for their age.
public struct DepartingEvents: Equatable, Sendable {
    /// People's first ones left aside, as they stay.
    public var events: Int
    /// When the earliest of the time that leaves happened, a first one or not; `nil` if there is none.
    public var first: Timestamp?

    public init(events: Int = 0, first: Timestamp? = nil) {
        self.events = events
        self.first = first
    }
}

extension PeopleStore {
    public func places(
        of users: [UserKey],
        without types: [EventTypeID],
        newestFirst: Bool,
        offset: Int,
        limit: Int
    ) throws(EventStoreError) -> [EventPlace] {
        try places(of: users, without: types, since: nil, newestFirst: newestFirst, offset: offset, limit: limit)
    }

    public func activity(of users: [UserKey], _ types: ActivityTypes) throws(EventStoreError) -> PersonActivity {
        try activity(of: users, types, since: nil)
    }

    public func spans(of users: [UserKey], without types: [EventTypeID]) throws(EventStoreError) -> [UserSpan] {
        try spans(of: users, without: types, since: nil)
    }

    public func readLastTimes(
        without types: [EventTypeID],
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>) -> Void
    ) throws(EventStoreError) {
        try readLastTimes(without: types, since: nil, body)
    }
}
