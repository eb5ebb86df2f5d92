import DuckDB
public import EventModel
import JSONTape
public import Storage

/// Events of single people. `"user" IN (…)` reads one column of small integers and the others only where it matches.
extension DuckDBEventStore: PeopleStore {
    public func places(
        of users: [UserKey],
        without types: [EventTypeID],
        since cut: Timestamp?,
        newestFirst: Bool,
        offset: Int,
        limit: Int
    ) throws(EventStoreError) -> [EventPlace] {
        let (direction, number) = (newestFirst ? "DESC" : "ASC", number)
        var places: [EventPlace] = []
        try read(
            """
            SELECT \(number), session_id FROM events
            WHERE \(Self.of(users)) AND \(Self.notOf(types)) AND \(Self.isPresent(cut))
            ORDER BY time \(direction), \(number) \(direction) LIMIT \(limit) OFFSET \(offset)
            """
        ) { chunk in
            chunk.withColumn(0, as: Int64.self) { rows in
                chunk.withColumn(1, as: Int64.self) { sessions in
                    for i in rows.indices { places.append(EventPlace(row: Int(rows[i]), sessionID: sessions[i])) }
                }
            }
        }
        return places
    }

    public func events(at rows: [Int]) throws(EventStoreError) -> [ResolvedEvent] {
        if rows.isEmpty { return [] }
        let wanted = Set(rows).sorted()
        // A join, as DuckDB turns it into a filter on the scan; `rowid IN (…)` reads every column of every row.
        let places =
            hasGaps
            ? try numbers("SELECT rowid FROM events \(Self.isWanted("number", "BIGINT"))", [Self.wanted(wanted)])
            : wanted.map { Int64($0) }
        var found = try self.rows("FROM events \(Self.isWanted("rowid", "BIGINT"))", [Self.wanted(places.sorted())])
        try fillLongTexts(of: &found)
        let names = try names(of: found.map(\.event))
        let byNumber = Dictionary(uniqueKeysWithValues: found.map { ($0.number, $0) })
        return rows.compactMap { byNumber[$0]?.resolved(names) }
    }

    public func amplitudeIDs(of users: Set<UserKey>) throws(EventStoreError) -> [UserKey: AmplitudeID] {
        if users.isEmpty { return [:] }
        var ids: [UserKey: AmplitudeID] = [:]
        let wanted = Self.wanted(users.map(\.number).sorted())
        try read("SELECT key, amplitude_id FROM users \(Self.isWanted("key"))", [wanted]) { chunk in
            chunk.withColumn(0, as: Int32.self) { keys in
                chunk.withColumn(1, as: Int64.self) { numbers in
                    for i in keys.indices { ids[UserKey(keys[i])] = AmplitudeID(numbers[i]) }
                }
            }
        }
        return ids
    }

    /// Rows of events, without their long texts.
    ///
    /// - Parameter source: all after the columns, from `FROM` on.
    func rows(_ source: String, _ parameters: [Parameter] = []) throws(EventStoreError) -> [ResolvedRow] {
        var found: [ResolvedRow] = []
        try read(
            """
            SELECT rowid, "user", time, type, context, user_properties, device, named_user, session_id, client_time,
                   upload_time, received_time, event_id, coalesce(insert_id, insert_uuid::VARCHAR), event_properties,
                   revenue, extras, long, door, number
            \(source)
            """,
            parameters
        ) { chunk in
            found.reserveCapacity(found.count + chunk.count)
            for row in 0..<chunk.count { found.append(ResolvedRow(chunk, row)) }
        }
        return found
    }

    func fillLongTexts(of rows: inout [ResolvedRow]) throws(EventStoreError) {
        func ids(_ mark: LongText.Marks) -> [Int64] { rows.filter { $0.long.contains(mark) }.map { Int64($0.row) } }
        let properties = try longTexts(.eventProperties, ids(.eventProperties))
        let extras = try longTexts(.extras, ids(.extras))
        for index in rows.indices where !rows[index].long.isEmpty {
            let id = Int64(rows[index].row)
            if let text = properties[id] { rows[index].event.eventProperties = text }
            if let text = extras[id] { rows[index].event.extras = text }
        }
    }

    public func activity(
        of users: [UserKey],
        _ types: ActivityTypes,
        since cut: Timestamp?
    ) throws(EventStoreError) -> PersonActivity {
        var activity = PersonActivity()
        let mine = "FROM events WHERE \(Self.of(users, since: cut, ignoring: types.ignored))"
        let isPresent = Self.isPresent(cut)
        let counted = "\(mine) AND \(Self.notOf(types.ignored))"
        try read(
            """
            SELECT count(*) FILTER (\(isPresent)), min(time), max(time), count(*) FILTER (revenue > 0 AND \(isPresent)),
                   coalesce(sum(revenue) FILTER (\(isPresent)), 0)
            \(counted)
            """
        ) { chunk in
            activity.events = Int(chunk.value(0, 0, as: Int64.self) ?? 0)
            activity.first = chunk.value(1, 0).map { Timestamp(milliseconds: $0) }
            activity.last = chunk.value(2, 0).map { Timestamp(milliseconds: $0) }
            activity.purchases = Int(chunk.value(3, 0, as: Int64.self) ?? 0)
            activity.revenue = chunk.value(4, 0) ?? 0
        }
        // HUGEINT, as senders' clocks may lie further apart than 64 bits can say.
        try read(
            """
            SELECT count(*),
                   coalesce(sum(length) FILTER (length <= \(PersonActivity.longestSessionMs)), 0)::BIGINT
            FROM (
                SELECT coalesce(
                    max(client_time) FILTER (\(Self.notOf(types.lengthless)))::HUGEINT
                    - min(client_time) FILTER (\(Self.notOf(types.lengthless)))::HUGEINT, 0
                ) AS length
                \(counted) AND \(Self.notOf(types.inactive)) AND session_id <> -1 AND \(isPresent)
                GROUP BY session_id
            )
            """
        ) { chunk in
            activity.sessions = Int(chunk.value(0, 0, as: Int64.self) ?? 0)
            activity.sessionMilliseconds = chunk.value(1, 0) ?? 0
        }
        try read(
            """
            SELECT d.device_id FROM (
                SELECT device, max({'time': time, 'row': rowid}) AS latest \(mine) GROUP BY device
            ) e JOIN devices d ON d.id = e.device
            ORDER BY latest DESC LIMIT \(PersonActivity.mostDevices)
            """
        ) { chunk in
            for row in 0..<chunk.count { if let device = chunk.string(0, row) { activity.devices.append(device) } }
        }
        // A row with long extras may be the latest: it is looked at, too.
        var latest: (time: Int64, row: Int64)?
        try read(
            """
            SELECT json_extract(extras, '/location_lat')::DOUBLE, json_extract(extras, '/location_lng')::DOUBLE, time, rowid
            \(counted) AND extras LIKE '%"location_l%'
                AND json_type(extras, '/location_lat') IN ('DOUBLE', 'BIGINT', 'UBIGINT')
                AND json_type(extras, '/location_lng') IN ('DOUBLE', 'BIGINT', 'UBIGINT')
            ORDER BY time DESC, rowid DESC LIMIT 1
            """
        ) { chunk in
            guard let latitude = chunk.value(0, 0, as: Double.self), let longitude = chunk.value(1, 0, as: Double.self)
            else { return }
            activity.location = PersonActivity.Location(latitude: latitude, longitude: longitude)
            latest = (chunk.value(2, 0) ?? 0, chunk.value(3, 0) ?? 0)
        }
        let isLater = latest.map { "AND (time, rowid) > (\($0.time), \($0.row))" } ?? ""
        let long = try numbers(
            "SELECT rowid \(counted) AND long > 0 AND long & 2 = 2 \(isLater) ORDER BY time DESC, rowid DESC"
        )
        for row in long {
            guard let text = try longTexts(.extras, [row])[row], let location = Self.location(in: text) else {
                continue
            }
            activity.location = location
            break
        }
        return activity
    }

    private static func location(in extras: String) -> PersonActivity.Location? {
        try? JSONDocument.withRoot(of: Array(extras.utf8)) { root in
            guard let latitude = root["location_lat"]?.double, let longitude = root["location_lng"]?.double else {
                return nil
            }
            return PersonActivity.Location(latitude: latitude, longitude: longitude)
        }
    }

    public func spans(
        of users: [UserKey],
        without types: [EventTypeID],
        since cut: Timestamp?
    ) throws(EventStoreError) -> [UserSpan] {
        var spans: [UserSpan] = []
        try read(
            """
            SELECT e."user", e.first, e.last, e.last_row, d.device_id FROM (
                SELECT "user", min(time) FILTER (\(Self.notOf(types))) AS first,
                       max(time) FILTER (\(Self.notOf(types))) AS last, max(\(number)) AS last_row,
                       arg_max(device, {'time': time, 'row': rowid}) AS device
                FROM events WHERE \(Self.of(users, since: cut, ignoring: types)) GROUP BY "user"
            ) e LEFT JOIN devices d ON d.id = e.device
            ORDER BY e."user"
            """
        ) { chunk in
            for row in 0..<chunk.count {
                guard let user = chunk.value(0, row, as: Int32.self), let last = chunk.value(3, row, as: Int64.self)
                else { continue }
                spans.append(
                    UserSpan(
                        user: UserKey(user),
                        first: chunk.value(1, row).map { Timestamp(milliseconds: $0) },
                        last: chunk.value(2, row).map { Timestamp(milliseconds: $0) },
                        lastRow: Int(last),
                        lastDeviceID: chunk.string(4, row)
                    )
                )
            }
        }
        return spans
    }

    public func readLastTimes(
        without types: [EventTypeID],
        since cut: Timestamp?,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>) -> Void
    ) throws(EventStoreError) {
        try read(
            """
            SELECT "user", coalesce(max(time) FILTER (\(Self.isPresent(cut))), min(time))
            FROM events WHERE \(Self.notOf(types)) GROUP BY "user"
            """
        ) { chunk in
            chunk.withColumn(0, as: Int32.self) { users in
                chunk.withColumn(1, as: Int64.self) { times in body(users, times) }
            }
        }
    }

    public func users(onDevice device: DeviceKey, limit: Int) throws(EventStoreError) -> [UserKey] {
        var users: [UserKey] = []
        try read(
            """
            SELECT "user" FROM events WHERE device = \(device.number) GROUP BY "user"
            ORDER BY max({'time': time, 'row': rowid}) DESC LIMIT \(limit)
            """
        ) { chunk in
            chunk.withColumn(0, as: Int32.self) { keys in
                for i in keys.indices { users.append(UserKey(keys[i])) }
            }
        }
        return users
    }

    public func changes(
        of column: NumberColumn,
        users: [UserKey],
        limit: Int
    ) throws(EventStoreError) -> [NumberChange] {
        var changes: [NumberChange] = []
        try read(
            """
            SELECT place, "user", \(column.name) FROM (
                SELECT \(number) AS place, "user", \(column.name),
                       lag(\(column.name)) OVER (PARTITION BY "user" ORDER BY rowid) AS before
                FROM events WHERE \(Self.of(users))
            ) WHERE before IS DISTINCT FROM \(column.name) ORDER BY place DESC LIMIT \(limit)
            """
        ) { chunk in
            chunk.withColumn(0, as: Int64.self) { rows in
                chunk.withColumn(1, as: Int32.self) { users in
                    chunk.withColumn(2, as: Int32.self) { numbers in
                        for i in rows.indices {
                            changes.append(
                                NumberChange(row: Int(rows[i]), user: UserKey(users[i]), number: numbers[i])
                            )
                        }
                    }
                }
            }
        }
        return changes
    }

    public func eventCounts(
        _ times: Range<Timestamp>,
        without users: Set<UserKey>
    ) throws(EventStoreError) -> [EventTypeID: Int] {
        var counts: [EventTypeID: Int] = [:]
        try read(
            """
            SELECT type, count(*) FROM events \(users.isEmpty ? "" : "ANTI \(Self.isWanted("\"user\""))")
            WHERE time >= \(times.lowerBound.milliseconds) AND time < \(times.upperBound.milliseconds) GROUP BY type
            """,
            users.isEmpty ? [] : [Self.wanted(users.map(\.number))]
        ) { chunk in
            chunk.withColumn(0, as: Int32.self) { types in
                chunk.withColumn(1, as: Int64.self) { numbers in
                    for i in types.indices { counts[EventTypeID(types[i])] = Int(numbers[i]) }
                }
            }
        }
        return counts
    }

    public func departures(
        before cut: Timestamp,
        since last: Timestamp?,
        ignoring types: [EventTypeID],
        without users: Set<UserKey>
    ) throws(EventStoreError) -> DepartingEvents {
        var departing = DepartingEvents()
        try read(
            """
            SELECT count(*) - count(DISTINCT "user") FILTER ("user" <> \(UserKey.nobody.number) AND \(Self.notOf(types))),
                   min(time) FILTER (\(Self.isPresent(last)))
            FROM events \(users.isEmpty ? "" : "ANTI \(Self.isWanted("\"user\""))")
            WHERE time < \(cut.milliseconds)
            """,
            users.isEmpty ? [] : [Self.wanted(users.map(\.number))]
        ) { chunk in
            departing.events = Int(chunk.value(0, 0, as: Int64.self) ?? 0)
            departing.first = chunk.value(1, 0).map { Timestamp(milliseconds: $0) }
        }
        return departing
    }

    // MARK: Numbers

    /// Whether events have left: else an event's row is its number.
    private var hasGaps: Bool {
        let progress = progress()
        return progress.arrivals != progress.rows
    }

    /// The column that has events' numbers; where it can be, one that need not be read.
    var number: String { hasGaps ? "number" : "rowid" }

    // MARK: Conditions

    private static func of(_ users: [UserKey]) -> String {
        users.isEmpty ? "false" : "\"user\" IN (\(list(users.map(\.number))))"
    }

    /// The users' events that there are, and the first of each.
    private static func of(_ users: [UserKey], since cut: Timestamp?, ignoring types: [EventTypeID]) -> String {
        guard cut != nil else { return of(users) }
        return """
            \(of(users)) AND (\(isPresent(cut)) OR rowid IN (
                SELECT arg_min(rowid, {'time': time, 'row': rowid}) FROM events
                WHERE \(of(users)) AND \(notOf(types)) GROUP BY "user"
            ))
            """
    }

    private static func isPresent(_ cut: Timestamp?) -> String {
        cut.map { "time >= \($0.milliseconds)" } ?? "true"
    }

    private static func notOf(_ types: [EventTypeID]) -> String {
        types.isEmpty ? "true" : "type NOT IN (\(list(types.map(\.number))))"
    }

    static func list(_ numbers: [some FixedWidthInteger]) -> String {
        numbers.map { String($0) }.joined(separator: ",")
    }
}
