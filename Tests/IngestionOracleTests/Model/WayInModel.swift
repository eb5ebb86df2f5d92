import TestSupport

/// What the reference says about a project's way in, as plainly as it can be said: dictionaries, lists and recursion.
///
/// Shares no code with the server, and is only as fast as that takes.
/// Source: Documentation/events-and-identity.md E1 to E35, Documentation/revenue.md M1, M2.
struct WayInModel {
    /// A stored event.
    struct Row {
        var person: Int?
        var userID: String?
        var device: String?
        var type: String
        var time, clientTime, uploadTime, receivedTime: Int64
        var sessionID: Int64
        var eventID: Int64?
        var insertID: String?
        var context: [String: String]
        var userProperties: [String: Plain]
        var eventProperties: Plain
        var revenue: Double?
        var extras: Plain?
        var door: Sent.Path
        var changesPerson: Bool
    }

    struct Person {
        var context: [String: String] = [:]
        var properties: [String: Plain] = [:]
        /// When the value of each property arrived, counted in events; built-in ones are set and arrive by parts.
        var arrivals: [String: Int] = [:]
        var contextArrivals: [[String]: Int] = [:]
    }

    struct Reply: Equatable {
        var status: Int
        var body: String
    }

    private(set) var rows: [Row] = []
    private(set) var identity = PlainIdentity()
    /// As ``identity`` counts them.
    private(set) var persons: [Person] = []
    /// By type and value.
    private(set) var groups: [[String]: [String: Plain]] = [:]
    private(set) var received = 0, stored = 0, duplicate = 0, rejected = 0

    /// When an insert id was last taken, by device and insert id.
    private var taken: [[String]: Int64] = [:]

    /// Takes a request in and says what the server answers.
    mutating func receive(_ sent: Sent, body: String, now: Int64) -> Reply {
        var sent = sent
        sent.items = sent.items.map(\.mended)
        if sent.path == .userMap { return receive(mappings: sent.items, now) }
        var problems = Problems()
        for (index, item) in sent.items.enumerated() {
            check(item, sent.path, minimumIDLength: sent.minimumIDLength ?? 5, &problems, index)
        }
        if problems.isEmpty {
            let uploadTime = sent.clockLag.map { now - $0 } ?? now
            var after = self
            for (index, item) in sent.items.enumerated() {
                if let field = after.take(item, sent.path, uploadTime: uploadTime, now) {
                    problems.invalid[field, default: []].append(index)
                }
            }
            if problems.isEmpty { self = after }
        }
        if problems.isEmpty {
            guard sent.path.takesJSON else { return Reply(status: 200, body: "success") }
            return Reply(
                status: 200,
                body: Plain([
                    "code": .number(200), "events_ingested": .number(Double(sent.items.count)),
                    "payload_size_bytes": .number(Double(body.utf8.count)), "server_upload_time": .number(Double(now)),
                ]).description
            )
        }
        received += sent.items.count
        rejected += sent.items.count
        return sent.path.takesJSON ? problems.json : problems.word
    }

    // MARK: One event

    /// - Returns: the field in which there is more than a person, or a group, may have.
    private mutating func take(_ item: Plain, _ path: Sent.Path, uploadTime: Int64, _ now: Int64) -> String? {
        received += 1
        var userID: String?
        var deviceID: String?
        if case .present(let id) = Self.id(item["user_id"], minimumLength: 1) { userID = id }
        if case .present(let id) = Self.id(item["device_id"], minimumLength: 1) { deviceID = id }
        let device = deviceID ?? "derived from \(userID ?? "")"

        // Documentation/events-and-identity.md E18.
        var insertID = item["insert_id"]?.label
        if insertID == "" { insertID = nil }
        if let insertID {
            let key = [device, insertID]
            if let before = taken[key], now - before <= 7 * 86_400_000 {
                duplicate += 1
                return nil
            }
            taken[key] = now
        }
        stored += 1

        let type = Self.type(item, path)!.label!
        var clientTime = now
        if case .number(let number) = item["time"] { clientTime = Int64(number) }
        // Documentation/events-and-identity.md E17.
        let skew = now - uploadTime
        let time = abs(skew) > 60_000 ? clientTime + skew : clientTime

        if type == "$groupidentify", !identifyGroups(item) { return "group_properties" }
        let person = userID == nil && deviceID == nil ? nil : person(userID, device, time)
        let revenue = Self.topRevenue(item) ?? Self.propertyRevenue(item)
        var skips = false
        if case .bool(true) = item["$skip_user_properties_sync"] { skips = true }
        var state = Person()
        if let person, !skips { state = persons[person] }
        let known = state
        let parts = Self.update(&state.context, item, path, isRevenue: revenue != nil)
        let names = Self.apply(item["user_properties"], to: &state.properties)
        guard Self.fits(state.properties, after: known.properties) else { return "user_properties" }
        // A value arrives with whatever event brings it, be it the one that is there.
        for part in parts {
            state.contextArrivals[part] = received
        }
        for name in names { state.arrivals[name] = received }
        if let person, !skips { persons[person] = state }

        rows.append(
            Row(
                person: person,
                userID: userID,
                device: person == nil ? nil : device,
                type: type,
                time: time,
                clientTime: clientTime,
                uploadTime: uploadTime,
                receivedTime: now,
                sessionID: Self.whole(item["session_id"]) ?? -1,
                eventID: Self.whole(item["event_id"]),
                insertID: insertID,
                context: state.context,
                userProperties: state.properties,
                eventProperties: Self.eventProperties(item),
                revenue: revenue,
                extras: Self.extras(item, path),
                door: path,
                changesPerson: person != nil && !skips
                    && (state.context != known.context || state.properties != known.properties)
            )
        )
        return nil
    }

    private static func whole(_ value: Plain?) -> Int64? {
        if case .number(let number) = value { Int64(number) } else { nil }
    }

    private mutating func person(_ userID: String?, _ device: String, _ time: Int64) -> Int {
        let before = identity.merges.count
        let person = identity.person(userID: userID, device: device, at: time)
        meetNewPersons()
        for merge in identity.merges[before...] { join(persons[merge.from], into: merge.into) }
        return person
    }

    private mutating func meetNewPersons() {
        while persons.count < identity.userIDs.count { persons.append(Person()) }
    }

    /// Each property keeps the value that arrived last on either side.
    /// Source: Documentation/events-and-identity.md E29.
    private mutating func join(_ other: Person, into person: Int) {
        // Of what is more than fits, the first by name come along.
        for (name, value) in other.properties.sorted(by: { Self.precedes($0.key, $1.key) }) {
            let isOlder = other.arrivals[name]! < persons[person].arrivals[name] ?? 0
            if persons[person].properties[name] != nil, isOlder { continue }
            var joined = persons[person].properties
            joined[name] = value
            guard Self.fits(joined, after: persons[person].properties) else { continue }
            persons[person].properties = joined
            persons[person].arrivals[name] = other.arrivals[name]
        }
        for part in Self.contextParts where part.contains(where: { other.context[$0] != nil }) {
            let isKnown = part.contains { persons[person].context[$0] != nil }
            let isOlder = other.contextArrivals[part]! < persons[person].contextArrivals[part] ?? 0
            if isKnown, isOlder { continue }
            for field in part { persons[person].context[field] = other.context[field] }
            persons[person].contextArrivals[part] = other.contextArrivals[part]
        }
    }

    /// - Returns: false if a group would have more than it may.
    private mutating func identifyGroups(_ item: Plain) -> Bool {
        var named = item["groups"].flatMap(Self.groups) ?? []
        if let type = item["group_type"]?.label, let value = item["group_value"]?.label { named.append([type, value]) }
        for group in named {
            let known = groups[group] ?? [:]
            Self.apply(item["group_properties"], to: &groups[group, default: [:]])
            guard Self.fits(groups[group]!, after: known) else { return false }
        }
        return true
    }

    // MARK: One user for another, Documentation/events-and-identity.md E30

    private mutating func receive(mappings: [Plain], _ now: Int64) -> Reply {
        var problems = Problems()
        for (index, mapping) in mappings.enumerated() {
            var fields = ["user_id"]
            if mapping["unmap"] != .bool(true) { fields.append("global_user_id") }
            for field in fields {
                switch Self.id(mapping[field], minimumLength: 1) {
                case .present: break
                case .absent: problems.missing[field, default: []].append(index)
                default: problems.invalid[field, default: []].append(index)
                }
            }
        }
        guard problems.isEmpty else { return problems.word }
        for mapping in mappings {
            let user = user(mapping["user_id"])
            if mapping["unmap"] == .bool(true) {
                identity.unmap(user, at: now)
            } else {
                identity.map(user, to: self.user(mapping["global_user_id"]), at: now)
            }
        }
        return Reply(status: 200, body: "success")
    }

    private mutating func user(_ value: Plain?) -> Int {
        guard case .present(let id) = Self.id(value, minimumLength: 1) else { fatalError("checked before") }
        defer { meetNewPersons() }
        return identity.user(id)
    }
}
