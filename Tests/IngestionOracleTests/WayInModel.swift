import Foundation

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
    }

    struct Person {
        var userID: String?
        var context: [String: String] = [:]
        var properties: [String: Plain] = [:]
        /// When the value of each property arrived, counted in events; built-in ones are set and arrive by parts.
        var arrivals: [String: Int] = [:]
        var contextArrivals: [[String]: Int] = [:]
    }

    struct Merge: Hashable {
        var from, into: Int
        var time: Int64
        var cause: String
    }

    struct Reply: Equatable {
        var status: Int
        var body: String
    }

    private(set) var rows: [Row] = []
    private(set) var persons: [Person] = []
    private(set) var merges: [Merge] = []
    /// By type and value.
    private(set) var groups: [[String]: [String: Plain]] = [:]
    private(set) var received = 0, stored = 0, duplicate = 0, rejected = 0

    private var personOfUser: [String: Int] = [:]
    private var latestUserOnDevice: [String: String] = [:]
    /// Anonymous persons whom nobody has claimed yet.
    private var anonymousOnDevice: [String: Int] = [:]
    /// When an insert id was last taken, by device and insert id.
    private var taken: [[String]: Int64] = [:]

    /// Takes a request in and says what the server answers.
    mutating func receive(_ sent: Sent, body: String, now: Int64) -> Reply {
        if sent.path == .userMap { return receive(mappings: sent.items, now) }
        var problems = Problems()
        for (index, item) in sent.items.enumerated() {
            check(item, sent.path, minimumIDLength: sent.minimumIDLength ?? 5, &problems, index)
        }
        if problems.isEmpty {
            let uploadTime = sent.clockLag.map { now - $0 } ?? now
            for item in sent.items { take(item, sent.path, uploadTime: uploadTime, now) }
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

    /// The person for whom another one's events count, after all merges.
    func root(of person: Int) -> Int {
        switch merges.last(where: { $0.from == person }) {
        case let merge? where merge.cause != "unmapping": root(of: merge.into)
        default: person
        }
    }

    /// Where a person stands now, and since when.
    var standing: [Merge] {
        persons.indices.compactMap { person in
            merges.last { $0.from == person }.flatMap { $0.cause == "unmapping" ? nil : $0 }
        }
    }

    // MARK: Checks

    private struct Problems {
        var invalid: [String: [Int]] = [:]
        var missing: [String: [Int]] = [:]
        var short: [String: [Int]] = [:]

        var isEmpty: Bool { invalid.isEmpty && missing.isEmpty }

        /// The answer to JSON. Source: Documentation/events-and-identity.md E2 to E5.
        var json: Reply {
            func map(_ indexes: [String: [Int]]) -> Plain {
                Plain(indexes.mapValues { list in .list(list.map { .number(Double($0)) }) })
            }
            var error = "Invalid field values on some events"
            if invalid == short { error = "Invalid id length for user_id or device_id" }
            if !missing.isEmpty { error = "Request missing required field" }
            var members: [String: Plain] = ["code": .number(400), "error": .text(error)]
            if !invalid.isEmpty { members["events_with_invalid_fields"] = map(invalid) }
            if !missing.isEmpty { members["events_with_missing_fields"] = map(missing) }
            if !short.isEmpty { members["events_with_invalid_id_lengths"] = map(short) }
            return Reply(status: 400, body: Plain(members).description)
        }

        /// The answer to a form. Source: Documentation/http.md H7.
        var word: Reply {
            let fields = Set(invalid.keys).union(missing.keys).sorted().joined(separator: ", ")
            return Reply(status: 400, body: "invalid_event_field. Invalid fields [\(fields)].")
        }
    }

    private static let forbidden = [
        "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "",
        "00000000-0000-0000-0000-000000000000", "{}", "lmy47d", "0", "-1",
    ]
    private static let reserved = [
        "[Amplitude] Start Session", "[Amplitude] End Session", "[Amplitude] Revenue",
        "[Amplitude] Revenue (Verified)", "[Amplitude] Revenue (Unverified)", "[Amplitude] Merged User",
    ]
    private static let operations = [
        "$clearAll", "$unset", "$set", "$setOnce", "$add", "$append", "$prepend", "$preInsert", "$postInsert",
        "$remove",
    ]
    private static let deviceFields = [
        "platform", "os_name", "os_version", "device_brand", "device_manufacturer", "device_model", "carrier",
    ]
    private static let placeFields = ["country", "region", "city", "dma"]
    private static let otherFields = ["language", "library", "version"]
    private static let contextParts =
        [deviceFields, placeFields] + (otherFields + ["start_version", "paying"]).map { [$0] }

    private enum ID {
        case absent, invalid, short
        case present(String)
    }

    /// Numbers are their digits, spaces around do not count. Source: Documentation/events-and-identity.md E6.
    private static func id(_ value: Plain?, minimumLength: Int) -> ID {
        guard let value else { return .absent }
        if value.isContainer { return .invalid }
        if case .bool = value { return .invalid }
        var text = value.label!
        for space in [" ", "\\u0009", "\\u00a0"] {
            while text.hasPrefix(space) { text.removeFirst(space.count) }
            while text.hasSuffix(space) { text.removeLast(space.count) }
        }
        if text.isEmpty { return .absent }
        if forbidden.contains(text.lowercased()) { return .invalid }
        // An escape is one character in six.
        let length = text.count - 5 * (text.components(separatedBy: "\\u").count - 1)
        return length < minimumLength ? .short : .present(text)
    }

    private func check(
        _ item: Plain,
        _ path: Sent.Path,
        minimumIDLength: Int,
        _ problems: inout Problems,
        _ index: Int
    ) {
        func invalid(_ field: String) { problems.invalid[field, default: []].append(index) }
        func missing(_ field: String) { problems.missing[field, default: []].append(index) }
        let type = Self.type(item, path)
        var hasNoID = true
        for field in ["user_id", "device_id"] {
            switch Self.id(item[field], minimumLength: minimumIDLength) {
            case .absent: continue
            case .invalid: invalid(field)
            case .short:
                invalid(field)
                problems.short[field, default: []].append(index)
            case .present: break
            }
            hasNoID = false
        }
        if hasNoID, type != .text("$groupidentify") { missing("user_id") }
        switch type {
        case nil, .text(""): missing("event_type")
        case .text(let text) where !Self.reserved.contains(text): break
        default: invalid("event_type")
        }
        if path == .groupIdentify, item["group_type"]?.label == nil || item["group_value"]?.label == nil {
            missing("group_type")
        }
        for field in ["time", "session_id", "event_id"] {
            switch item[field] {
            case nil: break
            case .number(let number) where number == number.rounded(): break
            default: invalid(field)
            }
        }
        for field in ["event_properties", "user_properties", "group_properties"] {
            switch item[field] {
            case nil, .object: break
            default: invalid(field)
            }
        }
        for field in ["price", "quantity", "revenue"] {
            switch item[field] {
            case nil, .number: break
            default: invalid(field)
            }
        }
        if let groups = item["groups"], Self.groups(groups) == nil { invalid("groups") }
        for field in ["insert_id", "app_version", "language"] + Self.deviceFields + Self.placeFields
        where item[field]?.isContainer == true { invalid(field) }
        if let keys = item["user_properties"]?.fields.map(\.key) {
            let operations = keys.filter(Self.operations.contains).count
            if operations > 0, operations < keys.count { invalid("user_properties") }
        }
    }

    private static func type(_ item: Plain, _ path: Sent.Path) -> Plain? {
        switch path {
        case .identify: .text("$identify")
        case .groupIdentify: .text("$groupidentify")
        default: item["event_type"]
        }
    }

    /// Type and value of each; `nil` if it is too much or no group. Source: Documentation/events-and-identity.md E11.
    private static func groups(_ value: Plain) -> [[String]]? {
        guard case .object(let fields) = value, fields.count <= 5 else { return nil }
        var groups: [[String]] = []
        for field in fields {
            var values = [field.value]
            if case .list(let list) = field.value { values = list }
            if values.count > 10 { return nil }
            for value in values {
                guard let label = value.label else { return nil }
                groups.append([field.key, label])
            }
        }
        return groups
    }

    // MARK: One event

    private mutating func take(_ item: Plain, _ path: Sent.Path, uploadTime: Int64, _ now: Int64) {
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
                return
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

        if type == "$groupidentify" { identifyGroups(item) }
        let person = userID == nil && deviceID == nil ? nil : person(userID, device, time)
        let revenue = Self.topRevenue(item) ?? Self.propertyRevenue(item)
        var skips = false
        if case .bool(true) = item["$skip_user_properties_sync"] { skips = true }
        var state = Person()
        if let person, !skips { state = persons[person] }
        Self.update(&state.context, item, path, isRevenue: revenue != nil)
        let before = person.map { persons[$0] } ?? Person()
        Self.apply(item["user_properties"], to: &state.properties)
        // A value arrives when it comes to be; what is only repeated does not arrive again.
        for (name, value) in state.properties where before.properties[name] != value {
            state.arrivals[name] = received
        }
        for part in Self.contextParts where part.contains(where: { before.context[$0] != state.context[$0] }) {
            state.contextArrivals[part] = received
        }
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
                extras: Self.extras(item, path)
            )
        )
    }

    private static func whole(_ value: Plain?) -> Int64? {
        if case .number(let number) = value { Int64(number) } else { nil }
    }

    /// The table of Documentation/events-and-identity.md E25 to E27, row by row.
    private mutating func person(_ userID: String?, _ device: String, _ time: Int64) -> Int {
        guard let userID else {
            if let user = latestUserOnDevice[device] { return personOfUser[user]! }
            if let anonymous = anonymousOnDevice[device] { return anonymous }
            persons.append(Person())
            anonymousOnDevice[device] = persons.count - 1
            return persons.count - 1
        }
        latestUserOnDevice[device] = userID
        let anonymous = anonymousOnDevice.removeValue(forKey: device)
        if let known = personOfUser[userID] {
            if let anonymous {
                merges.append(Merge(from: anonymous, into: known, time: time, cause: "login"))
                join(persons[anonymous], into: known)
            }
            return known
        }
        if let anonymous {
            persons[anonymous].userID = userID
            personOfUser[userID] = anonymous
            return anonymous
        }
        return newPerson(userID)
    }

    /// Each property keeps the value that arrived last on either side.
    /// Source: Documentation/events-and-identity.md E29.
    private mutating func join(_ other: Person, into person: Int) {
        for (name, value) in other.properties {
            let isOlder = other.arrivals[name]! < persons[person].arrivals[name] ?? 0
            if persons[person].properties[name] != nil, isOlder { continue }
            persons[person].properties[name] = value
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

    private mutating func newPerson(_ userID: String) -> Int {
        persons.append(Person(userID: userID))
        personOfUser[userID] = persons.count - 1
        return persons.count - 1
    }

    // MARK: User properties, Documentation/events-and-identity.md E31

    static func apply(_ sent: Plain?, to properties: inout [String: Plain]) {
        let sent = sent?.members ?? [:]
        for (key, value) in sent where !operations.contains(key) { properties[key] = value }
        for operation in operations {
            guard let operand = sent[operation] else { continue }
            if operation == "$clearAll" { properties = [:] }
            for field in operand.fields {
                properties[field.key] = result(operation, properties[field.key], field.value)
            }
        }
    }

    private static func result(_ operation: String, _ old: Plain?, _ value: Plain) -> Plain? {
        if operation == "$unset" { return nil }
        if value == .null { return old }
        switch operation {
        case "$set": return value
        case "$setOnce": return old ?? value
        case "$add":
            guard case .number(let a) = old ?? .number(0), case .number(let b) = value else { return old }
            return .number(a + b)
        case "$append": return .list(list(old) + list(value))
        case "$prepend": return .list(list(value) + list(old))
        case "$preInsert": return .list(new(list(value), beside: list(old)) + list(old))
        case "$postInsert": return .list(list(old) + new(list(value), beside: list(old)))
        case "$remove":
            guard case .list(let elements) = old else { return old }
            return .list(elements.filter { !list(value).contains($0) })
        default: return old
        }
    }

    private static func list(_ value: Plain?) -> [Plain] {
        guard let value else { return [] }
        if case .list(let elements) = value { return elements }
        return [value]
    }

    /// Those that are not present yet, one after the other.
    private static func new(_ values: [Plain], beside old: [Plain]) -> [Plain] {
        var new: [Plain] = []
        for value in values where !(old + new).contains(value) { new.append(value) }
        return new
    }

    private mutating func identifyGroups(_ item: Plain) {
        var named = item["groups"].flatMap(Self.groups) ?? []
        if let type = item["group_type"]?.label, let value = item["group_value"]?.label { named.append([type, value]) }
        for group in named { Self.apply(item["group_properties"], to: &groups[group, default: [:]]) }
    }

    // MARK: Built-in properties, Documentation/events-and-identity.md E20 to E23

    private static func update(_ context: inout [String: String], _ item: Plain, _ path: Sent.Path, isRevenue: Bool) {
        func sent(_ field: String) -> String? {
            let label = (field == "version" ? item["app_version"] ?? item["version_name"] : item[field])?.label
            return label == "" ? nil : label
        }
        for fields in [deviceFields, placeFields] where fields.contains(where: { sent($0) != nil }) {
            for field in fields { context[field] = sent(field) }
        }
        context["version"] = sent("version") ?? context["version"]
        context["language"] = sent("language").map(languageName) ?? context["language"]
        context["library"] = sent("library") ?? "http/1.0"
        if path == .identify {
            for field in ["paying", "start_version"] { context[field] = sent(field) ?? context[field] }
        }
        if isRevenue { context["paying"] = "true" }
        if context["start_version"] == nil { context["start_version"] = context["version"] }
    }

    private static func languageName(_ tag: String) -> String {
        ["en": "English", "en-US": "English", "EN-gb": "English", "de": "German"][tag] ?? tag
    }

    // MARK: Revenue, Documentation/revenue.md M1, M2

    private static func amount(_ price: Double?, _ quantity: Double?, _ revenue: Double?) -> Double? {
        price.map { $0 * (quantity ?? 1) } ?? revenue
    }

    private static func topRevenue(_ item: Plain) -> Double? {
        func number(_ field: String) -> Double? { if case .number(let number) = item[field] { number } else { nil } }
        return amount(number("price"), number("quantity"), number("revenue"))
    }

    /// SDKs send numbers, and some programs write them as text.
    private static func propertyRevenue(_ item: Plain) -> Double? {
        func number(_ field: String) -> Double? {
            switch item["event_properties"]?[field] {
            case .number(let number): number
            case .text(let text): Double(text)
            default: nil
            }
        }
        return amount(number("$price"), number("$quantity"), number("$revenue"))
    }

    private static let revenueTexts = [
        "productId": "$productId", "product_id": "$productId", "revenueType": "$revenueType",
        "revenue_type": "$revenueType", "currency": "$currency",
    ]

    /// As sent, without nulls; revenue of the top level stands where SDKs put theirs.
    private static func eventProperties(_ item: Plain) -> Plain {
        var members = item["event_properties"]?.members ?? [:]
        if let revenue = topRevenue(item) {
            members["$price"] = item["price"] ?? members["$price"]
            members["$quantity"] = item["quantity"] ?? members["$quantity"]
            // Two spellings of a name: the later word holds.
            for field in item.fields where field.value != .null {
                guard let name = revenueTexts[field.key], let label = field.value.label, label != "" else { continue }
                members[name] = .text(label)
            }
            members["$revenue"] = .number(revenue)
        }
        return Plain(members)
    }

    // MARK: The rest

    private static func extras(_ item: Plain, _ path: Sent.Path) -> Plain? {
        var known = [
            "user_id", "device_id", "event_type", "time", "session_id", "event_id", "insert_id", "event_properties",
            "user_properties", "group_properties", "$skip_user_properties_sync", "price", "quantity", "revenue",
            "productId", "product_id", "revenueType", "revenue_type", "currency", "app_version", "version_name",
            "library", "language",
        ]
        known += deviceFields + placeFields
        if path == .identify { known += ["paying", "start_version"] }
        if path == .groupIdentify { known += ["group_type", "group_value"] }
        var rest = item.members.filter { !known.contains($0.key) }
        if path == .groupIdentify, let type = item["group_type"]?.label, let value = item["group_value"]?.label {
            rest["groups"] = Plain((item["groups"]?.members ?? [:]).merging([type: .text(value)]) { $1 })
        }
        return rest.isEmpty ? nil : Plain(rest)
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
                if root(of: user) != user {
                    merges.append(Merge(from: user, into: user, time: now, cause: "unmapping"))
                }
                continue
            }
            let global = self.user(mapping["global_user_id"])
            if user == global { continue }
            // Whoever stands for this one on the way from the other stands for itself from now on.
            if let last = chain(from: global).last(where: { step in next(after: step) == user }) {
                merges.append(Merge(from: last, into: last, time: now, cause: "unmapping"))
            }
            merges.append(Merge(from: user, into: global, time: now, cause: "mapping"))
        }
        return Reply(status: 200, body: "success")
    }

    private func next(after person: Int) -> Int? {
        merges.last { $0.from == person }.flatMap { $0.cause == "unmapping" ? nil : $0.into }
    }

    private func chain(from person: Int) -> [Int] {
        [person] + (next(after: person).map(chain) ?? [])
    }

    private mutating func user(_ value: Plain?) -> Int {
        guard case .present(let id) = Self.id(value, minimumLength: 1) else { fatalError("checked before") }
        return personOfUser[id] ?? newPerson(id)
    }
}
