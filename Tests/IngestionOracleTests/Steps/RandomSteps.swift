import TestSupport

/// Random requests of a few people on a few devices: so few that they meet all the time.
///
/// Several sequences share a project, so each has ids of its own; names of events and properties they share.
struct RandomSteps {
    private var random: SeededRandom
    private let users: [Plain]
    private let devices: [Plain]
    private let shortID: Plain
    private let groupNames: [Plain]

    /// - Parameter number: of the sequence within its project.
    init(seed: UInt64, number: Int) {
        random = SeededRandom(seed: seed)
        shortID = .text("s\(number)")
        let digits = 100_000 + number
        // The second and third look alike, and are two (Documentation/events-and-identity.md E7).
        // As do the last two, to whoever reads them as doubles.
        let names: [Plain] = [
            .text("ann-\(number)"), .text("zo\\u00e9-\(number)"), .text("zoe\\u0301-\(number)"), .text("\(digits)"),
            .text("1234567890123456789012\(number)"), .text("1234567890123456789112\(number)"),
        ]
        let first = random.below(4)
        users = Array(names[first...first + 2])
        devices = [
            .text("pad-\(number)"), .text("phone-\(number)"), random.pick([.text("t\\u00e4b-\(number)"), users[0]]),
        ]
        groupNames = [.text("Acme \(number)"), .number(Double(digits))]
    }

    mutating func sequence() -> [Step] {
        var steps: [Step] = []
        for _ in 0...random.below(9) {
            if random.chance(25) { steps.append(.wait(wait())) }
            if random.chance(15) { steps.append(.restart) }
            steps.append(.send(request()))
        }
        if random.chance(20) { steps.append(.restart) }
        steps.append(.send(lastLook()))
        return steps
    }

    private mutating func wait() -> Int64 {
        let day: Int64 = 86_400_000
        return random.pick([1, 1_000, 60_001, day, 3 * day, 7 * day - 1, 7 * day, 7 * day + 1, 7 * day, 4 * day])
    }

    /// An event of each device and each user, so that whatever is known of them by now shows.
    private func lastLook() -> Sent {
        let type = Plain.Field(key: "event_type", value: .text("Look"))
        let items =
            devices.map { Plain.object([.init(key: "device_id", value: $0), type]) }
            + users.map { Plain.object([.init(key: "user_id", value: $0), type]) }
        return Sent(path: .httpAPI, items: items)
    }

    // MARK: Requests

    private mutating func request() -> Sent {
        let path = random.pick(
            [.httpAPI, .httpAPI, .httpAPI, .httpAPI, .batch, .identify, .identify, .groupIdentify, .userMap]
                as [Sent.Path]
        )
        var sent = Sent(path: path, items: [])
        sent.isList = random.chance(70)
        sent.hasMark = random.chance(5)
        if path.takesJSON, random.chance(8) { sent.minimumIDLength = random.pick([1, 2, 7]) }
        if path.takesJSON, random.chance(25) {
            sent.clockLag = random.pick([0, 60_000, 60_001, -60_001, -60_000, 86_400_000])
            sent.writesUploadTimeAsText = random.chance(50)
        }
        sent.spelling.isRaw = random.chance(50)
        sent.spelling.writesFractions = random.chance(20)
        for _ in 0...random.below(5) {
            switch path {
            case .httpAPI, .batch: sent.items.append(event(minimumIDLength: sent.minimumIDLength))
            case .identify: sent.items.append(identification())
            case .groupIdentify: sent.items.append(groupIdentification())
            case .userMap: sent.items.append(mapping())
            }
        }
        return sent
    }

    private mutating func mapping() -> Plain {
        var fields = [Plain.Field(key: "user_id", value: spelled(random.pick(users)))]
        if random.chance(20) {
            fields.append(.init(key: "unmap", value: .bool(true)))
        } else {
            fields.append(.init(key: "global_user_id", value: spelled(random.pick(users))))
        }
        if random.chance(3) {
            fields[random.below(2)].value = random.pick([.text(""), .null, .text("Null"), .bool(false)])
        }
        return .object(fields)
    }

    private mutating func groupIdentification() -> Plain {
        var fields = [
            Plain.Field(key: "group_type", value: .text(random.pick(["org", "team"]))),
            Plain.Field(key: "group_value", value: random.pick(groupNames)),
            Plain.Field(key: "group_properties", value: userProperties(operating: 90)),
        ]
        if random.chance(3) { fields.remove(at: random.below(2)) }
        if random.chance(15) { fields.append(.init(key: "user_id", value: random.pick(users))) }
        return .object(fields)
    }

    private mutating func identification() -> Plain {
        var fields = ids(minimumIDLength: nil)
        if random.chance(75) { fields.append(.init(key: "user_properties", value: userProperties(operating: 80))) }
        if random.chance(40) { fields += context() }
        if random.chance(12) {
            fields.append(
                .init(key: "paying", value: random.pick([.text("true"), .bool(true), .text("false"), .null]))
            )
        }
        if random.chance(12) {
            fields.append(.init(key: "start_version", value: .text(random.pick(["0.1", "0.2"]))))
        }
        if random.chance(10) { fields.append(.init(key: "groups", value: groups())) }
        if random.chance(10) { fields.append(.init(key: "insert_id", value: insertID())) }
        return .object(fields)
    }

    private mutating func event(minimumIDLength: Int?) -> Plain {
        let type = random.pick([
            "Play", "Play", "Stop", "$identify", "$identify", "$groupidentify", "revenue_amount",
        ])
        var fields = ids(minimumIDLength: minimumIDLength)
        if type == "$groupidentify", random.chance(50) { fields = [] }
        fields.append(.init(key: "event_type", value: .text(type)))
        if random.chance(45) {
            let value = userProperties(operating: type == "$identify" ? 80 : 10)
            fields.append(.init(key: "user_properties", value: value))
        }
        if random.chance(30) { fields += context() }
        if random.chance(35) { fields.append(.init(key: "event_properties", value: eventProperties())) }
        if random.chance(12) { fields += money() }
        if random.chance(40) { fields.append(.init(key: "insert_id", value: insertID())) }
        if random.chance(40) {
            // Once in a while the last moment that is a time.
            let time = random.chance(5) ? 4_133_980_799_999 : 1_709_208_000_000 + random.below(3)
            fields.append(.init(key: "time", value: .number(Double(time))))
        }
        if random.chance(15) {
            fields.append(
                .init(key: "session_id", value: random.pick([.number(-1), .number(1_709_208_000_000), .null]))
            )
        }
        if random.chance(15) {
            fields.append(.init(key: "event_id", value: random.pick([.number(0), .number(7), .null])))
        }
        if random.chance(8) {
            fields.append(
                .init(
                    key: "$skip_user_properties_sync",
                    value: random.pick([.bool(true), .bool(true), .bool(false), .null])
                )
            )
        }
        if type == "$groupidentify" || random.chance(8) { fields.append(.init(key: "groups", value: groups())) }
        if type == "$groupidentify" || random.chance(3) {
            fields.append(.init(key: "group_properties", value: userProperties(operating: 80)))
        }
        if random.chance(6) { fields.append(random.pick(Self.others)) }
        if random.chance(2) { breakOne(of: &fields) }
        return .object(fields)
    }

    private static let others: [Plain.Field] = [
        .init(key: "plan", value: .object([.init(key: "branch", value: .text("main"))])),
        .init(key: "ip", value: .text("192.0.2.1")), .init(key: "location_lat", value: .number(51.5)),
        .init(key: "paying", value: .text("true")), .init(key: "start_version", value: .text("9")),
        .init(key: "group_type", value: .text("org")),
    ]

    /// Makes a mistake, mostly.
    private mutating func breakOne(of fields: inout [Plain.Field]) {
        let broken: [Plain.Field] = [
            .init(key: "user_id", value: .text("Unknown")), .init(key: "device_id", value: .text("lmy47d")),
            .init(key: "user_id", value: .bool(true)), .init(key: "device_id", value: .list([])),
            .init(key: "user_id", value: .number(0)), .init(key: "event_type", value: .text("")),
            .init(key: "event_type", value: .text("[Amplitude] Merged User")), .init(key: "event_type", value: .null),
            .init(key: "time", value: .text("2024-01-01T00:00:00Z")), .init(key: "time", value: .number(0.5)),
            .init(key: "session_id", value: .text("1")), .init(key: "event_properties", value: .list([])),
            .init(key: "user_properties", value: .text("a")), .init(key: "price", value: .text("1")),
            .init(key: "country", value: .object([])), .init(key: "insert_id", value: .list([.text("i")])),
            .init(key: "groups", value: .list([])), .init(key: "app_version", value: .list([])),
            .init(key: "time", value: .number(4_133_980_800_000)), .init(key: "session_id", value: .long("1e400")),
            .init(key: "user_id", value: .text("ann\\u0000")), .init(key: "device_id", value: .text("\\u0000")),
            .init(key: "user_id", value: .long("1e400")), .init(key: "insert_id", value: .long("-1e400")),
            .init(key: "event_type", value: .text("Play\\u0000")), .init(key: "insert_id", value: .text("i\\u0000")),
            .init(key: "groups", value: .object([.init(key: "org\\u0000", value: .text("a"))])),
            .init(key: "groups", value: .object([.init(key: "org", value: .list([.text("\\u0000")]))])),
            .init(key: "event_properties", value: .object([.init(key: "a\\u0000b", value: .number(1))])),
            .init(key: "event_properties", value: .object([.init(key: "l", value: .list([.long("1e400")]))])),
            .init(
                key: "user_properties",
                value: .object([.init(key: "$set", value: .object([.init(key: "a\\u0000", value: .number(1))]))])
            ),
            .init(key: "plan", value: .object([.init(key: "branch", value: .long("-1e999"))])),
            .init(key: "own\\u0000", value: .bool(true)),
            .init(
                key: "user_properties",
                value: .object([.init(key: "$set", value: .object([])), .init(key: "a", value: .number(1))])
            ),
        ]
        let one = random.pick(broken)
        fields.removeAll { $0.key == one.key }
        fields.append(one)
        if random.chance(30) { fields.removeAll { $0.key.hasSuffix("_id") } }
    }

    // MARK: Ids

    private mutating func ids(minimumIDLength: Int?) -> [Plain.Field] {
        var fields: [Plain.Field] = []
        let kind = random.below(20)
        if kind < 11 { fields.append(.init(key: "user_id", value: spelled(random.pick(users)))) }
        if kind > 4, kind < 19 || random.chance(20) {
            fields.append(.init(key: "device_id", value: spelled(random.pick(devices))))
        }
        if minimumIDLength != nil || random.chance(1), random.chance(40) {
            let key = random.pick(["user_id", "device_id"])
            fields.removeAll { $0.key == key }
            fields.append(.init(key: key, value: shortID))
        }
        if fields.count == 1, random.chance(15) {
            let other = fields[0].key == "user_id" ? "device_id" : "user_id"
            fields.append(.init(key: other, value: random.pick([.null, .text(""), .text(" ")])))
        }
        return fields
    }

    /// The same id, sometimes as a number or with spaces around it.
    private mutating func spelled(_ id: Plain) -> Plain {
        guard case .text(let text) = id, random.chance(15) else { return id }
        if let number = Double(text), random.chance(60) { return text.count > 15 ? .long(text) : .number(number) }
        return .text(random.pick([" \(text)", "\(text)  ", "\\u0009\(text)", "\(text)\\u00a0"]))
    }

    private mutating func insertID() -> Plain {
        random.pick([.text("i"), .text("i"), .text("j"), .number(1), .text("1"), .null, .text("")])
    }

    // MARK: Properties

    private mutating func value() -> Plain {
        random.pick(
            [
                .number(1), .number(2), .number(-3), .number(0.5), .text("x"), .text("1"), .bool(true), .null,
                .list([.number(1)]), .list([.number(1), .number(2)]), .list([.text("x"), .number(1)]),
                .list([.number(3), .number(3)]), .list([]), .list([.number(1), .list([.number(2)])]), .text("\\u00e9"),
                .object([.init(key: "x", value: .number(1))]), .text("a\\u0000b"), .text("x\\ud83d"),
                .text("\\ude00\\ud83d\\ude00"), .long("12345678901234567890"), .text("-2.5"),
            ]
        )
    }

    private mutating func plainKeys() -> Plain {
        let keys = ["a", "b", random.chance(5) ? "te\\ud83d" : "c"].filter { _ in random.chance(50) }
        return .object(keys.map { .init(key: $0, value: value()) })
    }

    private mutating func userProperties(operating percent: Int) -> Plain {
        if random.chance(2) { return manyProperties() }
        guard random.chance(percent) else { return plainKeys() }
        let operations = [
            "$set", "$append", "$postInsert", "$remove", "$setOnce", "$add", "$prepend", "$preInsert", "$unset",
            "$clearAll",
        ]
        var fields: [Plain.Field] = []
        for _ in 0...random.below(3) {
            let operation = operations[random.below(operations.count - (random.chance(60) ? 1 : 0))]
            if fields.contains(where: { $0.key == operation }) { continue }
            var operand = plainKeys()
            if operation == "$clearAll" { operand = random.pick([.text("-"), .object([])]) }
            if random.chance(3) { operand = random.pick([.null, .number(1), .list([.text("a")])]) }
            if operation == "$clearAll", operand == .null { operand = .text("-") }
            fields.append(.init(key: operation, value: operand))
        }
        return .object(fields)
    }

    /// Two or three of these are more than a person may have, or a longer list than there may be.
    private mutating func manyProperties() -> Plain {
        func operation(_ name: String, _ operand: [Plain.Field]) -> Plain {
            .object([.init(key: name, value: .object(operand))])
        }
        let first = 200 * random.below(5)
        switch random.below(3) {
        case 0:
            let members = (first..<first + 500).map { Plain.Field(key: "k\($0)", value: .number(Double($0 % 3))) }
            return operation(random.pick(["$set", "$setOnce", "$unset"]), members)
        case 1:
            let text = String(repeating: random.pick(["x", "y"]), count: 1_000)
            return operation("$set", (first..<first + 130).map { .init(key: "t\($0)", value: .text(text)) })
        default:
            let list = Plain.list((first..<first + 600).map { .number(Double($0)) })
            let name = random.pick(["$append", "$prepend", "$preInsert", "$postInsert", "$remove"])
            return operation(name, [.init(key: "l", value: list)])
        }
    }

    private mutating func groups() -> Plain {
        let types = ["org", "team"].filter { _ in random.chance(60) }
        return .object(
            types.map {
                .init(
                    key: $0,
                    value: random.pick([
                        groupNames[0], groupNames[1], .list(groupNames), .list([]), .null,
                        .list([.null, groupNames[0]]),
                    ])
                )
            }
        )
    }

    private mutating func context() -> [Plain.Field] {
        let fields: [(String, [Plain])] = [
            ("platform", [.text("iOS"), .text("Web")]), ("os_name", [.text("ios")]),
            ("os_version", [.number(17), .text("18")]),
            ("device_brand", [.text("Apple")]), ("device_manufacturer", [.text("Apple")]),
            ("device_model", [.text("iPad")]),
            ("carrier", [.text("O2"), .text("")]), ("country", [.text("Germany"), .text("France")]),
            ("region", [.text("Bavaria")]), ("city", [.text("K\\u00f6ln"), .text("")]), ("dma", [.number(5), .null]),
            ("language", [.text("en-US"), .text("de"), .text("Klingon")]), ("library", [.text("lib/1")]),
            ("app_version", [.text("1.0"), .text("2.0")]), ("version_name", [.text("3.0")]),
        ]
        var chosen: [Plain.Field] = []
        for _ in 0...random.below(3) {
            let (key, values) = random.pick(fields)
            if chosen.contains(where: { $0.key == key || $0.key.contains("version") && key.contains("version") }) {
                continue
            }
            chosen.append(.init(key: key, value: random.pick(values)))
        }
        return chosen
    }

    // MARK: Money

    private mutating func money() -> [Plain.Field] {
        let fields: [(String, [Plain])] = [
            ("price", [.number(2.5), .number(-2), .number(0), .null]), ("quantity", [.number(3), .number(0), .null]),
            ("revenue", [.number(10), .number(-10), .null]), ("productId", [.text("p")]), ("product_id", [.text("q")]),
            ("revenueType", [.text("gift")]), ("revenue_type", [.text("tip")]), ("currency", [.text("EUR")]),
        ]
        var chosen: [Plain.Field] = []
        for _ in 0...random.below(3) {
            let (key, values) = random.pick(fields)
            if chosen.contains(where: { $0.key == key }) { continue }
            chosen.append(.init(key: key, value: random.pick(values)))
        }
        return chosen
    }

    private mutating func eventProperties() -> Plain {
        var fields = plainKeys().fields
        for (key, values) in [
            ("$price", [.number(4), .text("1.5"), .text("dear"), .number(-1)] as [Plain]),
            ("$quantity", [.number(2), .text("2")]),
            ("$revenue", [.number(8), .number(-8)]), ("$productId", [.text("r")]),
        ] where random.chance(12) {
            fields.append(.init(key: key, value: random.pick(values)))
        }
        return .object(fields)
    }
}
