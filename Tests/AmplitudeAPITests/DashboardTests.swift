import EventModel
import Foundation
import HTTPEdge
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

/// From 2023-12-30 to 2024-03-01 (the server's present day), UTC. Ann: Search, Select, Share over an hour on 02-28, with
/// revenue; Bob: Search and Select in the same second on 02-28, Share a day later; Cid: new at the end of 2023, and back.
private let events = """
    [{"user_id":"ann-1","event_type":"Search","time":1709121600000,"session_id":1,"country":"Germany","platform":"iOS",
      "city":"Kiel","user_properties":{"plan":"free"}},
     {"user_id":"ann-1","event_type":"Search","time":1709121660000,"session_id":1,"platform":"iOS","country":"Germany",
      "city":"Kiel"},
     {"user_id":"ann-1","event_type":"Select","time":1709121720000,"session_id":1,"platform":"iOS","country":"Germany",
      "city":"Kiel","event_properties":{"genre":"jazz"}},
     {"user_id":"ann-1","event_type":"Share","time":1709125200000,"session_id":1,"platform":"iOS","country":"Germany",
      "city":"Kiel","price":4.5},
     {"user_id":"bob-1","event_type":"Select","time":1709121600000,"country":"France","event_properties":
      {"genre":"rock"}},
     {"user_id":"bob-1","event_type":"Search","time":1709121600500,"country":"France"},
     {"user_id":"bob-1","event_type":"Share","time":1709208000000,"country":"France","price":10,"quantity":2},
     {"user_id":"cid-1","event_type":"Search","time":1703894400000,"session_id":5},
     {"user_id":"cid-1","event_type":"Search","time":1709294100000,"session_id":6},
     {"user_id":"cid-1","event_type":"Share","time":1704067200000,"price":2}]
    """

private func event(_ type: String) -> String { "{\"event_type\":\"\(type)\"}" }

private let range = [("start", "20240228"), ("end", "20240301")]
private let steps = [("e", event("Search")), ("e", event("Select")), ("e", event("Share"))]

struct DashboardRequest: Sendable, CustomStringConvertible {
    var name: String
    var path: String
    var parameters: [(String, String)]

    init(_ name: String, _ path: String, _ parameters: [(String, String)]) {
        self.name = name
        self.path = path
        self.parameters = parameters
    }

    var description: String { name }
}

@Suite struct DashboardTests {
    @Test(
        "answers",
        arguments: [
            DashboardRequest("funnel-ordered", "funnels", range + steps),
            DashboardRequest(
                "funnel-unordered",
                "funnels",
                range + steps + [("mode", "unordered"), ("cs", "3"), ("limit", "100")]
            ),
            DashboardRequest(
                "funnel-sequential-new",
                "funnels",
                range + steps + [("mode", "sequential"), ("n", "new"), ("cs", "86400")]
            ),
            DashboardRequest("funnel-g", "funnels", range + steps + [("g", "country")]),
            DashboardRequest(
                "funnel-step-group",
                "funnels",
                range + [
                    ("e", event("Search")),
                    ("e", "{\"event_type\":\"Select\",\"group_by\":[{\"type\":\"event\",\"value\":\"genre\"}]}"),
                ]
            ),
            DashboardRequest(
                "funnel-segments-filters-weeks",
                "funnels",
                [
                    ("start", "20231230"), ("end", "20240110"), ("i", "7"),
                    (
                        "e",
                        "{\"event_type\":\"Search\",\"filters\":[{\"subprop_type\":\"user\",\"subprop_key\":\"country\","
                            + "\"subprop_op\":\"is not\",\"subprop_value\":[\"France\",\"Spain\"]}]}"
                    ), ("e", event("_active")),
                    ("s", "[{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"(none)\"]}]"),
                    ("s", "[{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"Germany\"]}]"),
                ]
            ),
            DashboardRequest("retention", "retention", range + [("se", event("_new")), ("re", event("_active"))]),
            DashboardRequest(
                "retention-rolling-g",
                "retention",
                range + [("se", event("_active")), ("re", event("Share")), ("rm", "rolling"), ("g", "country")]
            ),
            DashboardRequest(
                "retention-brackets-months",
                "retention",
                [
                    ("start", "20231201"), ("end", "20240115"), ("i", "30"), ("rm", "bracket"),
                    ("rb", "[[0,5],[5,90]]"),
                    ("se", event("_new")), ("re", event("_all")),
                ]
            ),
            DashboardRequest(
                "retention-weeks-other-year",
                "retention",
                [
                    ("start", "20231225"), ("end", "20240107"), ("i", "7"), ("se", event("_new")),
                    ("re", event("Search")),
                ]
            ),
            DashboardRequest("users-active", "users", range + [("m", "active")]),
            DashboardRequest(
                "users-new-months",
                "users",
                [("start", "20231201"), ("end", "20240228"), ("m", "new"), ("i", "30")]
            ),
            DashboardRequest("users-g", "users", range + [("g", "country")]),
            DashboardRequest("sessions-length", "sessions/length", range),
            DashboardRequest(
                "sessions-length-bins",
                "sessions/length",
                range + [
                    ("timeHistogramConfigBinTimeUnit", "minutes"), ("timeHistogramConfigBinMin", "0"),
                    ("timeHistogramConfigBinMax", "90"), ("timeHistogramConfigBinSize", "45"),
                ]
            ),
            DashboardRequest("sessions-average", "sessions/average", range),
            DashboardRequest("sessions-peruser", "sessions/peruser", range),
            DashboardRequest("composition", "composition", range + [("p", "gp:plan")]),
            DashboardRequest("revenue-day", "revenue/day", range),
            DashboardRequest("revenue-day-arppu-g", "revenue/day", range + [("m", "arppu"), ("g", "country")]),
            DashboardRequest("ltv-total", "revenue/ltv", range + [("m", "2")]),
            DashboardRequest(
                "ltv-months-g",
                "revenue/ltv",
                [("start", "20231201"), ("end", "20240301"), ("i", "30"), ("g", "country")]
            ),
        ]
    )
    func golden(_ request: DashboardRequest) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            #expect(try await client.post(events: events).status == 200)
            let (status, body) = try await client.ask(request.path, request.parameters)
            #expect(status == 200, "\(body)")
            try expectGolden(body, request.name)
        }
    }

    @Test("realtime: 288 labels and twice as many counts, the last five minutes that are over last")
    func realtime() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            #expect(try await client.post(events: events).status == 200)
            for query in ["", "?i=5"] {
                let (status, body) = try await client.get("/api/2/realtime\(query)")
                #expect(status == 200)
                let answer = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: Any]]
                let data = try #require(answer?["data"])
                let labels = try #require(data["xValues"] as? [String])
                let series = try #require(data["series"] as? [[Int]])
                #expect(data["seriesLabels"] as? [String] == ["Today", "Yesterday"])
                #expect((labels.count, labels.first, labels.last) == (288, "12:00", "11:55"))
                #expect(series.map(\.count) == [288, 288])
                // Bob 24 hours ago, Cid five minutes ago; Ann and Bob 48 hours ago.
                #expect((series[0].first, series[0].last, series[0].reduce(0, +)) == (1, 1, 2))
                #expect((series[1].first, series[1].last) == (2, 0))
            }
        }
    }

    /// The addresses as the documentation has them, with its spaces and quotes.
    @Test(
        "the documented examples",
        arguments: [
            "funnels?e={\"event_type\":\"Select%20Song%20or%20Video\"}&e={\"event_type\":\"Search%20Song%20or%20Video\"}"
                + "&e={\"event_type\":\"Share%20Song%20or%20Video\"}&start=20210801&end=20210926&mode=unordered&cs=3"
                + "&limit=100",
            "retention?se={\"event_type\":\"_active\"}&re={\"event_type\":\"watch_tutorial\"}&start=20210801&end=20210831"
                + "&s=[{\"prop\":\"country\",\"op\": \"is not\",\"values\": [\"Netherlands\", \"United States\"]}]"
                + "&g=device_id",
            "revenue/ltv?start=20211201&end=20220301&i=30",
            "users?start=20210101&end=20210901&m=active&i=30&g=city",
            "sessions/length?start=20210426&end=20210905&timeHistogramConfigBinTimeUnit=minutes"
                + "&timeHistogramConfigBinMin=0&timeHistogramConfigBinMax=10",
            "sessions/average?start=20210601&end=20210630", "sessions/peruser?start=20210601&end=20210630",
            "composition?start=20210601&end=20210630&p=platform", "realtime?i=5",
        ]
    )
    func documented(address: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let known = ["Select Song or Video", "Search Song or Video", "Share Song or Video", "watch_tutorial"]
                .map { "{\"user_id\":\"ann-1\",\"event_type\":\"\($0)\",\"time\":1629000000000}" }
            try await client.post(events: "[\(known.joined(separator: ","))]")
            let (status, body) = try await client.get(
                "/api/2/"
                    + address.replacingOccurrences(of: " ", with: "%20").replacingOccurrences(of: "\"", with: "%22")
                    .replacingOccurrences(of: "{", with: "%7B").replacingOccurrences(of: "}", with: "%7D")
            )
            #expect(status == 200, "\(body)")
            #expect(body.hasPrefix("{\"data\":"))
        }
    }

    @Test(
        "mistakes: the answer names the parameter and a valid value",
        arguments: [
            ("funnels", [("e", "*")], "a funnel has 2 to 32 steps: send e once for each, such as"),
            ("funnels", [("e", event("Search"))], "a funnel has 2 to 32 steps: send e once for each, such as"),
            (
                "funnels", [("e", "{}"), ("e", event("Search"))],
                "e must be a JSON object with an \"event_type\", such as"
            ),
            ("funnels", steps + [("mode", "any")], "mode must be ordered, unordered or sequential"),
            ("funnels", steps + [("n", "any")], "n must be active or new"),
            ("funnels", steps + [("cs", "0")], "cs must be whole seconds from 1 to 315360000, such as cs=86400"),
            ("funnels", steps + [("cs", "9999999999")], "cs must be whole seconds from 1 to"),
            ("funnels", steps + [("cs", "1h")], "cs must be whole seconds from 1 to"),
            ("funnels", steps + [("limit", "0")], "limit must be a whole number from 1 on, such as limit=100"),
            ("funnels", steps + [("i", "2")], "i must be one of"),
            (
                "funnels", steps + [("g", "country"), ("g", "city"), ("g", "platform")],
                "send two properties at most: g and g2"
            ),
            (
                "funnels", steps + [("g", "country"), ("s", "[]"), ("s", "[]")],
                "g splits a single segment; send one s, or leave out g"
            ),
            (
                "funnels",
                steps + [
                    ("g", "country"), ("g2", "platform"),
                    ("e", "{\"event_type\":\"Share\",\"group_by\":[{\"type\":\"user\",\"value\":\"city\"}]}"),
                ], "a funnel can be split by two properties at most: g, g2 and every \"group_by\" in e together"
            ),
            ("funnels", steps + [("e", event("_new"))], "\"_new\" in e is only known to retention; use n=new"),
            ("funnels", steps + [("e", event("Serach"))], "Did you mean \"Search\""),
            ("retention", [("re", event("_all"))], "se is required: the event that starts, such as se="),
            ("retention", [("se", event("_all"))], "re is required: the event to come back for, such as re="),
            ("retention", [("se", event("_all")), ("re", event("_new"))], "re cannot be _new"),
            ("retention", [("se", "x"), ("re", event("_all"))], "se must be"),
            (
                "retention", [("se", event("_all")), ("re", event("_all")), ("rm", "n")],
                "rm must be n-day, rolling or bracket"
            ),
            ("retention", [("se", event("_all")), ("re", event("_all")), ("rm", "bracket")], "rb is required"),
            (
                "retention", [("se", event("_all")), ("re", event("_all")), ("rm", "bracket"), ("rb", "[[5,5]]")],
                "rb must be a JSON list of brackets"
            ),
            (
                "retention", [("se", event("_all")), ("re", event("_all")), ("rm", "bracket"), ("rb", "[]")],
                "rb takes 1 to 100 brackets, such as [[0,5],[5,10]]"
            ),
            (
                "retention", [("se", event("_all")), ("re", event("_all")), ("rm", "bracket"), ("rb", "[0,\"x\"")],
                "rb must be a JSON list of brackets"
            ),
            (
                "retention", [("se", event("_all")), ("re", event("_all")), ("i", "-3600000")],
                "i must be one of 1, 7, 30"
            ),
            (
                "retention",
                [
                    ("re", event("_all")),
                    ("se", "{\"event_type\":\"_all\",\"group_by\":[{\"type\":\"user\",\"value\":\"city\"}]}"),
                ],
                "retention is not split by \"group_by\" in se; use g"
            ),
            ("users", [("m", "old")], "m must be active or new"),
            ("users", [("i", "-300000")], "i must be one of 1, 7, 30"),
            ("sessions/average", [("s", "[]")], "s is not known to sessions"),
            ("sessions/peruser", [("g", "city")], "g is not known to sessions"),
            ("sessions/average", [("i", "7")], "i must be 1, for days; leave it out"),
            ("composition", [], "p is required: a user property, such as p=platform or p=gp:plan"),
            ("composition", [("p", "gp:plam")], "Did you mean \"plan\"?"),
            ("realtime", [("i", "1")], "i must be 5"),
            ("revenue/day", [("m", "0")], "m must be total, paying, arpu or arppu"),
            ("revenue/ltv", [("m", "4")], "m must be 0 (ARPU), 1 (ARPPU), 2 (total revenue) or 3 (paying users)"),
            (
                "revenue/ltv", [("g", "city"), ("g2", "country")],
                "an answer here can be split by one property; send one g"
            ),
        ] as [(String, [(String, String)], String)]
    )
    func mistakes(path: String, parameters: [(String, String)], message: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            let kept = parameters.filter { $0.1 != "*" }
            let (status, body) = try await client.ask(path, range + kept)
            #expect(status == 400)
            let error = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: Any]]
            let found = error?["error"]?["message"] as? String ?? body
            #expect(found.contains(message), "\(found)")
        }
    }

    @Test(
        "dates and keys are needed everywhere",
        arguments: [
            "funnels", "retention", "users", "sessions/length", "sessions/average", "sessions/peruser", "composition",
            "revenue/day", "revenue/ltv",
        ]
    )
    func dates(path: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let others = steps + [("se", event("_all")), ("re", event("_all")), ("p", "country")]
            let parameters = others.filter { path == "funnels" || $0.0 != "e" }
            for (name, kept) in [("start", [range[1]]), ("end", [range[0]])] {
                let (status, body) = try await client.ask(path, kept + parameters)
                #expect(status == 400)
                #expect(body.contains("\(name) is required: a day, such as \(name)=20240131"))
            }
            #expect(try await client.get("/api/2/\(path)", authorization: nil).status == 401)
        }
    }
}
