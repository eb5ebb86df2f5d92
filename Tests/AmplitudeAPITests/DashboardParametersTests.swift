import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

/// The server's present day is 2024-03-01. Two people in Berlin, one in Paris; two have once paid. On 02-10 all three
/// search, then select; one pays at once, the others ten days later. A fourth searches alone.
private let events: String = {
    // 2024-02-10T12:00Z
    let tenth: Int64 = 1_707_566_400_000
    let day: Int64 = 86_400_000
    let people = [
        (id: "user0001", city: "Berlin", country: "Germany", team: "red", paid: true),
        (id: "user0002", city: "Berlin", country: "Germany", team: "red", paid: false),
        (id: "user0003", city: "Paris", country: "France", team: "blue", paid: true),
    ]
    var events: [String] = []
    for person in people {
        func add(_ type: String, _ time: Int64, _ more: String) {
            events.append(
                "{\"user_id\":\"\(person.id)\",\"event_type\":\"\(type)\",\"time\":\(time),\"city\":\"\(person.city)\","
                    + "\"country\":\"\(person.country)\",\"user_properties\":{\"team_plan\":\"\(person.team)\","
                    + "\"gender\":\"x\",\"both\":\"mine\"}\(more)}"
            )
        }
        if person.paid { add("Once", tenth - 2 * day, ",\"revenue\":1") }
        add(
            "Search",
            tenth,
            ",\"event_properties\":{\"team_slug\":\"\(person.team)-slug\",\"amount\":3,\"both\":\"its\"}"
        )
        add("Select", tenth + 60_000, ",\"event_properties\":{\"amount\":30}")
        add(
            "Pay",
            person.id == "user0001" ? tenth + 120_000 : tenth + 10 * day,
            ",\"event_properties\":{\"method\":\"card\"}"
        )
    }
    events.append(
        "{\"user_id\":\"ann@x.example\",\"event_type\":\"Search\",\"time\":\(tenth),\"event_properties\":{\"amount\":7}}"
    )
    return "[\(events.joined(separator: ","))]"
}()

private let range = [("start", "20240205"), ("end", "20240301")]

private func event(_ type: String, _ more: String = "") -> String { "{\"event_type\":\"\(type)\"\(more)}" }

private func withServer(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    let server = try TestServer()
    try await server.application.test(.router) { client in
        #expect(try await client.post(events: events).status == 200)
        try await body(client)
    }
}

@Suite struct StepsOfFunnelTests {
    @Test(
        "e, e2, e3 are the steps, wherever they stand",
        arguments: [
            ([("e", event("Search")), ("e2", event("Select"))], "[4,3]"),
            ([("e2", event("Select")), ("e", event("Search"))], "[4,3]"),
            (
                [
                    (
                        "e3",
                        event(
                            "Pay",
                            ",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"method\","
                                + "\"subprop_op\":\"is\",\"subprop_value\":[\"card\"]}]"
                        )
                    ),
                    ("e", event("Search")), ("e2", event("Select")),
                ], "[4,3,3]"
            ),
            ([("e", event("Search")), ("e", event("Select")), ("e2", event("Pay"))], "[4,3,3]"),
        ]
    )
    func byNumber(_ steps: [(String, String)], _ reached: String) async throws {
        try await withServer { client in
            let answer = try await client.answer("funnels", range + steps)
            #expect(answer.at("data", "0", "cumulativeRaw") == reached)
        }
    }

    @Test(
        "a whole number in n is the window in days",
        arguments: [
            ([("n", "7")], "[4,1]"), ([("n", "9")], "[4,1]"), ([("n", "10")], "[4,3]"), ([("n", "active")], "[4,3]"),
            // Two were new two days before they searched.
            ([("n", "new")], "[2,1]"), ([("cs", "864000")], "[4,3]"), ([("cs", "863999")], "[4,1]"),
        ]
    )
    func days(_ parameters: [(String, String)], _ reached: String) async throws {
        try await withServer { client in
            let steps = [("e", event("Search")), ("e", event("Pay"))]
            let answer = try await client.answer("funnels", range + steps + parameters)
            #expect(answer.at("data", "0", "cumulativeRaw") == reached)
        }
    }

    @Test(
        "a window that makes no sense",
        arguments: [
            ([("n", "0")], "n must be active or new, or whole days from 1 to 3650 in which to convert, such as n=30"),
            ([("n", "-1")], "n must be active or new, or whole days from 1 to 3650"),
            ([("n", "3651")], "n must be active or new, or whole days from 1 to 3650"),
            ([("n", "7"), ("cs", "60")], "cs and a number in n both say how long people have; send one of them"),
        ]
    )
    func nonsense(_ parameters: [(String, String)], _ sentence: String) async throws {
        try await withServer { client in
            let steps = [("e", event("Search")), ("e", event("Pay"))]
            let refusal = try await client.refusal("funnels", range + steps + parameters)
            #expect(refusal.hasPrefix(sentence), "\(refusal)")
        }
    }
}

@Suite struct SentTwiceTests {
    @Test(
        "what may stand once is refused when it is sent twice with different values",
        arguments: [
            ("users", range + [("start", "20240204")], "start"), ("users", range + [("end", "20240229")], "end"),
            ("users", range + [("m", "active"), ("m", "new")], "m"),
            ("users", range + [("i", "1"), ("i", "7")], "i"),
            ("users", range + [("g", "city"), ("g2", "country"), ("g2", "platform")], "g2"),
            ("retention", range + [("se", event("_new")), ("re", event("Search")), ("re", event("Pay"))], "re"),
            (
                "retention",
                range + [("se", event("_new")), ("se", event("_active")), ("re", event("Pay"))], "se"
            ),
            (
                "retention",
                range + [("se", event("_new")), ("re", event("Pay")), ("rm", "n-day"), ("rm", "rolling")], "rm"
            ),
            (
                "funnels",
                range + [("e", event("Search")), ("e", event("Pay")), ("n", "active"), ("n", "new")], "n"
            ),
            ("funnels", range + [("e", event("Search")), ("e2", event("Pay")), ("e2", event("Select"))], "e2"),
            ("events/segmentation", range + [("e", event("Search")), ("limit", "5"), ("limit", "6")], "limit"),
            ("usersearch", [("user", "a"), ("user", "b")], "user"),
            ("useractivity", [("user", "1"), ("user", "2")], "user"),
        ] as [(String, [(String, String)], String)]
    )
    func refused(_ path: String, _ parameters: [(String, String)], _ name: String) async throws {
        try await withServer { client in
            let refusal = try await client.refusal(path, parameters)
            #expect(refusal.hasPrefix("\(name) is sent twice, as \""), "\(refusal)")
            #expect(refusal.contains("; send it once, such as \(name)="), "\(refusal)")
        }
    }

    @Test(
        "the same value twice is one; some parameters may repeat",
        arguments: [
            ("users", range + range), ("users", range + [("m", "new"), ("m", "new"), ("m", "")]),
            ("users", range + [("s", "[]"), ("s", "[{\"prop\":\"city\",\"op\":\"is\",\"values\":[\"Paris\"]}]")]),
            ("users", range + [("g", "city"), ("g", "country")]),
            ("events/segmentation", range + [("e", event("Search")), ("e", event("Pay"))]),
        ] as [(String, [(String, String)])]
    )
    func taken(_ path: String, _ parameters: [(String, String)]) async throws {
        try await withServer { client in
            let (status, body) = try await client.ask(path, parameters)
            #expect(status == 200, "\(body)")
        }
    }
}

@Suite struct SharedParametersTests {
    @Test(
        "a limit above the most is the most; below one there is none",
        arguments: [
            ("5000", nil), ("1000", nil), ("1001", nil), ("99999999999999999999", nil), ("", nil),
            ("0", "limit must be a whole number from 1 on, such as limit=100; 1000 are answered at most"),
            ("000", "limit must be"), ("-5", "limit must be"), ("x", "limit must be"), ("1.5", "limit must be"),
        ]
    )
    func limit(_ limit: String, _ sentence: String?) async throws {
        try await withServer { client in
            for (path, more) in [
                ("events/segmentation", [("e", event("Search"))]),
                ("funnels", [("e", event("Search")), ("e", event("Pay"))]),
            ] {
                let (status, body) = try await client.ask(path, range + more + [("limit", limit)])
                #expect(status == (sentence == nil ? 200 : 400), "\(body)")
                if let sentence { #expect(body.contains(sentence)) }
            }
        }
    }

    @Test("limit=1000 and more keep a thousand groups, not a hundred")
    func mostGroups() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let people = (0..<1_001).map { number in
                "{\"user_id\":\"user-\(number)\",\"event_type\":\"A\",\"time\":1709121600000}"
            }
            try await client.post(events: "[\(people.joined(separator: ","))]")
            for (limit, groups) in [(nil, 100), ("5000", 1000), ("7", 7)] {
                let sent = limit.map { [("limit", $0)] } ?? []
                let answer = try await client.answer(
                    "events/segmentation",
                    range + [("e", event("A")), ("g", "user_id")] + sent
                )
                #expect(answer.count(at: "data", "series") == groups)
            }
        }
    }

    @Test("fourteen digits are their day, or their hour in charts of hours")
    func fourteenDigits() async throws {
        try await withServer { client in
            let steps = [("e", event("Search")), ("e2", event("Pay"))]
            let plain = try await client.ask("funnels", [("start", "20240210"), ("end", "20240220")] + steps)
            let long = [("start", "20240210000000"), ("end", "20240220235959")]
            let answer = try await client.ask("funnels", long + steps)
            #expect(answer == plain && plain.status == 200)

            for (start, end) in [("20240210010000", "20240210045959"), ("20240210T01", "20240210T04")] {
                let hours = try await client.answer(
                    "events/segmentation",
                    [("e", event("Search")), ("i", "-3600000"), ("start", start), ("end", end)]
                )
                let labels = (1...4).map { "\"2024-02-10T0\($0):00:00\"" }.joined(separator: ",")
                #expect(hours.at("data", "xValues") == "[\(labels)]")
                let pieces = try await client.answer(
                    "events/segmentation",
                    [("e", event("Search")), ("i", "-300000"), ("start", start), ("end", end)]
                )
                #expect(pieces.count(at: "data", "xValues") == 48)
                #expect(pieces.at("data", "xValues", "0") == "\"2024-02-10T01:00:00\"")
                #expect(pieces.at("data", "xValues", "47") == "\"2024-02-10T04:55:00\"")
            }
        }
    }

    @Test("the sessions' only interval")
    func sessionsInterval() async throws {
        try await withServer { client in
            for path in ["sessions/average", "sessions/peruser", "sessions/length"] {
                let refusal = try await client.refusal(path, range + [("i", "7")])
                #expect(refusal == "i must be 1, for days; leave it out")
            }
        }
    }

    @Test("realtime can be neither filtered nor split")
    func realtime() async throws {
        try await withServer { client in
            for name in ["s", "g"] {
                let refusal = try await client.refusal("realtime", [("i", "5"), (name, "city")])
                #expect(refusal == "\(name) is not known to realtime; leave it out")
            }
        }
    }
}

@Suite struct BinsOfSessionsTests {
    private let bins = [
        ("timeHistogramConfigBinTimeUnit", "seconds"), ("timeHistogramConfigBinMin", "0"),
        ("timeHistogramConfigBinMax", "600"),
    ]

    @Test("a whole set of bins counts; of a broken or partial one nothing does")
    func sets() async throws {
        try await withServer { client in
            func edges(_ bins: [(String, String)]) async throws -> String {
                try await client.answer("sessions/length", range + bins).at("data", "xValues")
            }
            let usual = try await edges([])
            #expect(usual.hasPrefix("[\"0s-3s\",\"3s-10s\","))
            let tenMinutes = (0..<10).map { "\"\($0 * 60)s-\($0 * 60 + 60)s\"" }.joined(separator: ",")
            for size in ["", "60"] {
                let found = try await edges(bins + [("timeHistogramConfigBinSize", size)])
                #expect(found == "[\(tenMinutes)]", "size \(size)")
            }
            for size in ["0", "x", "-60", "0.0001", "1e300"] {
                let found = try await edges(bins + [("timeHistogramConfigBinSize", size)])
                #expect(found == usual, "size \(size)")
            }
            for left in 0..<3 {
                var some = bins
                some.remove(at: left)
                let found = try await edges(some)
                #expect(found == usual, "without \(bins[left].0)")
            }
            for (place, value) in [(0, "days"), (1, "600"), (1, "-1"), (2, "ten"), (2, "1e300"), (1, "nan")] {
                var broken = bins
                broken[place].1 = value
                let found = try await edges(broken)
                #expect(found == usual, "\(broken[place])")
            }
        }
    }
}

@Suite struct NamesInRefusalsTests {
    @Test("an unknown custom event is refused as one, with the nearest")
    func customEvents() async throws {
        try await withServer { client in
            let made = try await client.request(
                .put,
                "/api/v1/custom-events/Checkout%20Flow",
                "{\"events\":[{\"event_type\":\"Pay\"}]}"
            )
            #expect(made.status == 200, "\(made)")
            let far = try await client.refusal("events/segmentation", range + [("e", event("ce:name"))])
            #expect(
                far == "There is no custom event \"name\". GET /api/v1/custom-events lists those that there are."
            )
            for (path, parameters) in [
                ("events/segmentation", [("e", event("ce:Checkout Flwo"))]),
                ("retention", [("se", event("_new")), ("re", event("ce:Checkout Flwo"))]),
                ("funnels", [("e", event("Search")), ("e2", event("ce:Checkout Flwo"))]),
            ] {
                let near = try await client.refusal(path, range + parameters)
                #expect(
                    near.hasPrefix("There is no custom event \"Checkout Flwo\". Did you mean \"ce:Checkout Flow\"?")
                )
            }
            let known = try await client.answer("events/segmentation", range + [("e", event("ce:Checkout Flow"))])
            #expect(known.at("data", "seriesCollapsed", "0", "0", "value") == "3")
        }
    }

    @Test("a formula that lacks an event, or is none")
    func formulas() async throws {
        try await withServer { client in
            func refusal(_ formula: String) async throws -> String {
                try await client.refusal(
                    "events/segmentation",
                    range + [("e", event("Search")), ("m", "formula"), ("formula", formula)]
                )
            }
            let missing =
                "formula names B, which is e2, and e2 is missing: send it, such as e2={\"event_type\":\"_active\"}"
            for (formula, sentence) in [
                ("UNIQUES(A)/UNIQUES(B)", missing), ("PROPSUM(B)", missing),
                ("UNIQUES(C)", "formula names C, but there are two events at most: e is A, and e2 is B"),
                (
                    "revenue / users",
                    "At character 1 of formula stands \"revenue\", which is no known function. A function has its event in"
                        + " parentheses, such as UNIQUES(A) or PROPSUM(A)."
                ),
            ] {
                let refused = try await refusal(formula)
                #expect(refused == sentence)
            }
        }
    }
}

@Suite struct PropertiesOfEitherSideTests {
    @Test("g and p are a user property or, where no user has the name, an event's")
    func fallBack() async throws {
        try await withServer { client in
            let amounts = try await client.answer(
                "events/segmentation",
                range + [("e", event("Search")), ("m", "totals"), ("g", "amount")]
            )
            #expect(amounts.at("data", "seriesLabels") == "[\"3\",\"7\"]")
            let totals = (0..<2).map { amounts.at("data", "seriesCollapsed", "\($0)", "0", "value") }
            #expect(totals == ["3", "1"])

            // All four were active without a team, three of them on several days.
            let users = try await client.answer("users", range + [("g", "team_slug"), ("i", "30")])
            #expect(users.at("data", "seriesLabels") == "[\"(none)\",\"red-slug\",\"blue-slug\"]")
            #expect(users.at("data", "series") == "[[4,0],[2,0],[1,0]]")
            let composition = try await client.answer("composition", range + [("p", "team_slug")])
            #expect(composition.at("data", "xValues") == "[\"(none)\",\"red-slug\",\"blue-slug\"]")
            #expect(composition.at("data", "series") == "[[4,2,1]]")

            let steps = [("e", event("Search")), ("e", event("Pay"))]
            let funnel = try await client.answer("funnels", range + steps + [("g", "team_slug")])
            let groups = (0..<3).map {
                "\(funnel.at("data", "\($0)", "groupValue")) \(funnel.at("data", "\($0)", "cumulativeRaw"))"
            }
            #expect(groups == ["\"red-slug\" [2,2]", "\"(none)\" [1,0]", "\"blue-slug\" [1,1]"])
            let retention = try await client.answer(
                "retention",
                range + [("se", event("Search")), ("re", event("Pay")), ("g", "team_slug")]
            )
            #expect(retention.at("data", "seriesLabels") == "[\"red-slug\",\"(none)\",\"blue-slug\"]")
            let drilled = try await client.answer(
                "events/segmentation",
                range + [("e", event("Search")), ("g", "amount"), ("drill", "{\"series\":1}")]
            )
            #expect(drilled.at("data", "users", "0", "user_id") == "\"ann@x.example\"")
        }
    }

    @Test("a name on both sides is the user's; one of a built-in property is that")
    func both() async throws {
        try await withServer { client in
            let both = try await client.answer("events/segmentation", range + [("e", event("Search")), ("g", "both")])
            #expect(both.at("data", "seriesLabels") == "[\"mine\",\"(none)\"]")
            let explicit = try await client.answer(
                "events/segmentation",
                range + [("e", event("Search", ",\"group_by\":[{\"type\":\"event\",\"value\":\"both\"}]"))]
            )
            #expect(explicit.at("data", "seriesLabels") == "[[0,\"its\"],[0,\"(none)\"]]")
        }
    }

    private static func filter(_ kind: String, _ name: String) -> (String, String) {
        (
            "e",
            event(
                "Search",
                ",\"filters\":[{\"subprop_type\":\"\(kind)\",\"subprop_key\":\"\(name)\",\"subprop_op\":\"is\","
                    + "\"subprop_value\":[\"x\"]}]"
            )
        )
    }

    @Test(
        "a property of the other side: the refusal says where it is, and what to send",
        arguments: [
            (filter("event", "country"), "\"country\" is a user property: send \"subprop_type\":\"user\""),
            (filter("event", "team_plan"), "\"team_plan\" is a user property: send \"subprop_type\":\"user\""),
            (filter("event", "gp:gender"), "\"gender\" is a user property: send \"subprop_type\":\"user\""),
            (filter("event", "DMA"), "\"DMA\" is a user property: send \"subprop_type\":\"user\""),
            (filter("user", "amount"), "\"amount\" is an event property: send \"subprop_type\":\"event\""),
            (filter("user", "gp:amount"), "\"amount\" is an event property: send \"subprop_type\":\"event\""),
            (
                ("e", event("Search", ",\"group_by\":[{\"type\":\"event\",\"value\":\"version\"}]")),
                "\"version\" is a user property: send \"subprop_type\":\"user\", or \"type\":\"user\" in \"group_by\"."
            ),
            (
                ("e", event("Search", ",\"group_by\":[{\"type\":\"user\",\"value\":\"amount\"}]")),
                "\"amount\" is an event property: send \"subprop_type\":\"event\", or \"type\":\"event\" in \"group_by\"."
            ),
            (
                ("s", "[{\"prop\":\"amount\",\"op\":\"is\",\"values\":[\"3\"]}]"),
                "\"amount\" is an event property, and s looks at user properties: filter the event by it, with"
                    + " \"subprop_type\":\"event\" in \"filters\"."
            ),
            (
                ("g", "gp:amount"),
                "\"amount\" is an event property: send it without gp:, or with \"type\":\"event\" in \"group_by\"."
            ),
            (filter("event", "amuont"), "No event or user ever had the property \"amuont\". Did you mean \"amount\"?"),
            (("g", "team_plam"), "No event or user ever had the property \"team_plam\". Did you mean \"team_plan\""),
            (("g", "team_slog"), "No event or user ever had the property \"team_slog\". Did you mean \"team_slug\""),
        ]
    )
    func otherSide(_ parameter: (String, String), _ sentence: String) async throws {
        try await withServer { client in
            let others = parameter.0 == "e" ? [] : [("e", event("Search"))]
            for (path, more) in [("events/segmentation", []), ("funnels", [("e2", event("Pay"))])] {
                let refusal = try await client.refusal(path, range + others + [parameter] + more)
                #expect(refusal.hasPrefix(sentence), "\(path): \(refusal)")
            }
        }
    }

    @Test("p as gp:NAME of an event's property is refused, too")
    func composition() async throws {
        try await withServer { client in
            let refusal = try await client.refusal("composition", range + [("p", "gp:amount")])
            #expect(
                refusal
                    == "\"amount\" is an event property: send it without gp:, or with \"type\":\"event\" in \"group_by\"."
            )
        }
    }
}

@Suite struct CompositionParametersTests {
    @Test("s chooses whose events count")
    func segments() async throws {
        try await withServer { client in
            func ask(_ conditions: String...) async throws -> String {
                let sent = conditions.map { ("s", "[\($0)]") }
                let answer = try await client.answer("composition", range + [("p", "city")] + sent)
                return "\(answer.at("data", "xValues")) \(answer.at("data", "series"))"
            }
            let germans = "{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"Germany\"]}"
            let blue = "{\"prop\":\"gp:team_plan\",\"op\":\"is\",\"values\":[\"blue\"]}"
            let others = "{\"prop\":\"country\",\"op\":\"is not\",\"values\":[\"Germany\"]}"
            let payers =
                "{\"type\":\"event\",\"event_type\":\"Once\",\"filters\":[],\"op\":\">=\",\"value\":1,"
                + "\"time_type\":\"allTime\"}"
            let all = try await ask()
            #expect(all == "[\"Berlin\",\"(none)\",\"Paris\"] [[2,1,1]]")
            let german = try await ask(germans)
            #expect(german == "[\"Berlin\"] [[2]]")
            let nobody = try await ask("\(germans),\(blue)")
            #expect(nobody == "[\"(none)\"] [[0]]")
            let foreign = try await ask(others)
            #expect(foreign == "[\"(none)\",\"Paris\"] [[1,1]]")
            let paid = try await ask(payers)
            #expect(paid == "[\"Berlin\",\"Paris\"] [[1,1]]")
            let two = try await client.refusal(
                "composition",
                range + [("p", "city"), ("s", "[\(germans)]"), ("s", "[\(blue)]")]
            )
            #expect(two == "composition is of one segment; send one s, with all its conditions")
        }
    }

    @Test("two p are counted together")
    func two() async throws {
        try await withServer { client in
            let answer = try await client.answer("composition", range + [("p", "city"), ("p", "gp:team_plan")])
            #expect(answer.at("data", "xValues") == "[\"Berlin; red\",\"(none); (none)\",\"Paris; blue\"]")
            #expect(answer.at("data", "series") == "[[2,1,1]]")
            #expect(answer.at("data", "seriesLabels") == "[\"city; gp:team_plan\"]")
            let three = try await client.refusal("composition", range + [("p", "city"), ("p", "os"), ("p", "country")])
            #expect(three == "composition takes two properties at most; send p once or twice")
        }
    }
}
