import EventModel
import Foundation
import HTTPEdge
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

/// 2024-02-28T12:00Z is 1709121600000; the clock says 2024-03-01T12:00Z.
///
/// Amplitude IDs: 1 is Ann, who first was anonymous on `phone-1`; 2 is Bob; 3 is anonymous on `tablet-1` and then found
/// to be Bob; 4 is on `tablet-2`, anonymous. All play on 02-28, Bob once more on 02-29 and, on 03-01, stops.
private let events = """
    [{"device_id":"phone-1","event_type":"Play","time":1709121600000,"session_id":7,"country":"Chad",
      "event_properties":{"size":2}},
     {"user_id":"ann-1","device_id":"phone-1","event_type":"Play","time":1709121660000,"session_id":7,"country":"Chad",
      "price":5,"event_properties":{"size":9}},
     {"user_id":"bob-1","event_type":"Play","time":1709208000000,"price":3,"country":"Mali"},
     {"device_id":"tablet-1","event_type":"Play","time":1709121720000,"country":"Chad"},
     {"user_id":"bob-1","device_id":"tablet-1","event_type":"Stop","time":1709294400000,"country":"Mali"},
     {"device_id":"tablet-2","event_type":"Play","time":1709121600000,"country":"Mali"}]
    """

private let range = [("start", "20240228"), ("end", "20240301")]
private let play = ("e", "{\"event_type\":\"Play\"}")
private let stop = ("e", "{\"event_type\":\"Stop\"}")
private let sizes = ("e", "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"event\",\"value\":\"size\"}]}")
private let newAndActive = [("se", "{\"event_type\":\"_new\"}"), ("re", "{\"event_type\":\"_active\"}")]

@Suite struct DrillDownTests {
    /// The users of a body, as `id user_id value`, after how many there are.
    private func users(_ body: String) throws -> String {
        let answer = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: Any]]
        let data = try #require(answer?["data"])
        let users = try #require(data["users"] as? [[String: Any]])
        let lines = try users.map { user in
            let (id, value) = (try #require(user["amplitude_id"] as? Int), try #require(user["value"] as? Double))
            return "\(id) \(user["user_id"] as? String ?? "-") \(PropertyValue.decimal(value))"
        }
        return "\(try #require(data["count"] as? Int)): \(lines.joined(separator: ", "))"
    }

    @Test(
        "who is in the cell, and with what share",
        arguments: [
            ("events/segmentation", [play], "{\"series\":0,\"index\":0}", "3: 1 ann-1 1, 2 bob-1 1, 4 - 1"),
            ("events/segmentation", [play, ("m", "totals")], "{\"series\":0}", "3: 1 ann-1 2, 2 bob-1 2, 4 - 1"),
            (
                "events/segmentation", [play, ("m", "average")], "{\"series\":0,\"index\":0}",
                "3: 1 ann-1 2, 2 bob-1 1, 4 - 1"
            ),
            ("events/segmentation", [play, ("m", "pct_dau")], "{\"series\":0,\"index\":1}", "1: 2 bob-1 1"),
            ("events/segmentation", [sizes, ("m", "sums")], "{\"series\":0}", "1: 1 ann-1 11"),
            ("events/segmentation", [sizes, ("m", "histogram")], "{\"series\":7,\"index\":0}", "1: 1 ann-1 1"),
            ("events/segmentation", [play, ("g", "country")], "{\"series\":1,\"index\":0}", "1: 4 - 1"),
            ("users", [], "{\"series\":0,\"index\":2}", "1: 2 bob-1 1"),
            ("users", [("m", "new"), ("g", "country")], "{\"series\":0,\"index\":0}", "2: 1 ann-1 1, 2 bob-1 1"),
            ("composition", [("p", "country")], "{\"series\":0,\"index\":1}", "2: 2 bob-1 1, 4 - 1"),
            ("sessions/length", [], "{\"series\":0,\"index\":5}", "0: "),
            ("sessions/length", [], "{\"series\":0,\"index\":4}", "1: 1 ann-1 1"),
            ("sessions/peruser", [], "{\"series\":0,\"index\":0}", "1: 1 ann-1 1"),
            ("funnels", [play, stop], "{\"series\":0,\"step\":1}", "1: 2 bob-1 1"),
            ("funnels", [play, stop], "{\"series\":0,\"step\":1,\"lost\":true}", "2: 1 ann-1 1, 4 - 1"),
            ("funnels", [play, stop], "{\"series\":0,\"step\":0,\"day\":1}", "1: 2 bob-1 1"),
            ("retention", newAndActive, "{\"series\":0,\"row\":2,\"interval\":1}", "1: 2 bob-1 1"),
            ("retention", newAndActive, "{\"series\":0,\"row\":2}", "3: 1 ann-1 1, 2 bob-1 1, 4 - 1"),
            ("retention", newAndActive, "{\"series\":0,\"row\":0}", "0: "),
            ("revenue/ltv", [], "{\"series\":0,\"row\":2,\"key\":\"r1d\"}", "2: 1 ann-1 5, 2 bob-1 3"),
            // Their day began two days ago.
            ("revenue/ltv", [("m", "2")], "{\"series\":0,\"key\":\"r2d\"}", "2: 1 ann-1 5, 2 bob-1 3"),
            ("revenue/ltv", [("m", "2")], "{\"series\":0,\"key\":\"r3d\"}", "0: "),
            ("revenue/ltv", [("m", "3")], "{\"series\":0,\"key\":\"paid\"}", "2: 1 ann-1 1, 2 bob-1 1"),
            ("revenue/ltv", [], "{\"series\":0,\"row\":2,\"key\":\"r1new\"}", "2: 1 ann-1 1, 2 bob-1 1"),
            ("revenue/ltv", [], "{\"series\":0,\"key\":\"paid\"}", "2: 1 ann-1 1, 2 bob-1 1"),
            ("revenue/ltv", [], "{\"series\":0,\"key\":\"total_amount\"}", "2: 1 ann-1 5, 2 bob-1 3"),
            ("revenue/ltv", [], "{\"series\":0,\"key\":\"count\"}", "3: 1 ann-1 1, 2 bob-1 1, 4 - 1"),
            ("revenue/day", [("m", "arppu")], "{\"series\":0,\"index\":1}", "1: 2 bob-1 3"),
        ] as [(String, [(String, String)], String, String)]
    )
    func cells(path: String, parameters: [(String, String)], drill: String, wanted: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            let (status, body) = try await client.ask(path, range + parameters + [("drill", drill)])
            #expect(status == 200, "\(body)")
            if status == 200 { #expect(try users(body) == wanted) }
        }
    }

    @Test("over the network: pages in order, whoever was merged once, and everybody as usersearch shows them")
    func pages() async throws {
        let server = try TestServer()
        try await server.application.test(.live) { client in
            try await client.post(events: events)
            let cell = range + [play, ("drill", "{\"series\":0,\"index\":0}")]
            var (status, body) = try await client.ask("events/segmentation", cell)
            #expect(status == 200)
            #expect(
                body == "{\"data\":{\"count\":3,\"users\":[{\"amplitude_id\":1,\"user_id\":\"ann-1\",\"value\":1},"
                    + "{\"amplitude_id\":2,\"user_id\":\"bob-1\",\"value\":1},"
                    + "{\"amplitude_id\":4,\"user_id\":null,\"value\":1}],\"next\":null}}"
            )
            for (id, userID) in [(1, "\"ann-1\""), (2, "\"bob-1\""), (4, "null")] {
                body = try await client.ask("usersearch", [("user", String(id))]).body
                #expect(body.contains("{\"user_id\":\(userID),\"amplitude_id\":\(id),"))
            }
            (_, body) = try await client.ask("events/segmentation", cell + [("drillLimit", "2")])
            #expect(try users(body) == "3: 1 ann-1 1, 2 bob-1 1")
            #expect(body.hasSuffix(",\"next\":2}}"))
            (_, body) = try await client.ask("events/segmentation", cell + [("drillLimit", "2"), ("drillAfter", "2")])
            #expect(try users(body) == "3: 4 - 1")
            #expect(body.hasSuffix(",\"next\":null}}"))
            (status, body) = try await client.ask("events/segmentation", cell + [("drillAfter", "99")])
            #expect(status == 400)
            #expect(body.contains("nobody has the Amplitude ID 99"))
        }
    }

    @Test(
        "mistakes: the answer names the parameter and what is valid",
        arguments: [
            ("events/segmentation", [play, ("drill", "0")], "drill must be a JSON object that names a cell"),
            ("events/segmentation", [play, ("drill", "{")], "drill must be a JSON object that names a cell"),
            (
                "events/segmentation", [play, ("drill", "{}")],
                "drill needs \"series\", such as {\"series\":0,\"index\":3}"
            ),
            (
                "events/segmentation", [play, ("drill", "{\"series\":0,\"step\":1}")],
                "\"step\" in drill is not known here; drill takes \"series\", \"index\", such as"
            ),
            (
                "events/segmentation", [play, ("drill", "{\"series\":0,\"index\":3}")],
                "\"index\" in drill is not in this answer: it must be from 0 to 2"
            ),
            (
                "events/segmentation", [play, ("drill", "{\"series\":1}")],
                "\"series\" in drill is not in this answer: it must be from 0 to 0"
            ),
            (
                "events/segmentation", [play, ("drill", "{\"series\":-1}")],
                "\"series\" in drill must be a whole number from 0 on"
            ),
            (
                "events/segmentation", [play, ("drill", "{\"series\":0,\"index\":\"1\"}")],
                "\"index\" in drill must be a whole number from 0 on"
            ),
            (
                "events/segmentation", [play, ("drill", "{\"series\":0}"), ("drillLimit", "10001")],
                "drillLimit must be a whole number from 1 to 10000, such as drillLimit=100"
            ),
            (
                "events/segmentation", [play, ("drill", "{\"series\":0}"), ("drillAfter", "x")],
                "drillAfter must be a whole number from 0 to"
            ),
            ("events/segmentation", [play, ("drillLimit", "5")], "drillLimit needs drill, such as drill="),
            ("events/segmentation", [sizes, ("m", "value_avg"), ("drill", "{\"series\":0}")], "ask for m=sums"),
            (
                "events/segmentation", [play, ("formula", "UNIQUES(A)"), ("drill", "{\"series\":0}")],
                "m=formula is not made of users' shares; ask for one of its events"
            ),
            (
                "events/segmentation", [play, ("m", "average"), ("rollingAverage", "2"), ("drill", "{\"series\":0}")],
                "leave out rollingAverage, or ask for m=totals"
            ),
            (
                "users", [("drill", "{\"series\":0}")],
                "\"index\" in drill is not in this answer: it must be from 0 to 2"
            ),
            (
                "users",
                [
                    ("m", "new"), ("g", "country"), ("start", "20230101"), ("end", "20230101"),
                    ("drill", "{\"series\":1,\"index\":0}"),
                ],
                "\"series\" in drill is not in this answer: it must be from 0 to 0"
            ),
            (
                "composition", [("p", "country"), ("drill", "{\"series\":0,\"index\":2}")],
                "\"index\" in drill is not in this answer: it must be from 0 to 1"
            ),
            ("sessions/average", [("drill", "{\"series\":0,\"index\":0}")], "ask /api/2/sessions/peruser"),
            (
                "funnels", [play, stop, ("drill", "{\"series\":0,\"step\":0,\"lost\":true}")],
                "\"step\" in drill is not in this answer: it must be from 1 to 1"
            ),
            ("funnels", [play, stop, ("drill", "{\"series\":0,\"step\":1,\"lost\":1}")], "must be true or false"),
            ("funnels", [play, stop, ("drill", "{\"series\":0}")], "drill needs \"step\", such as"),
            (
                "retention", newAndActive + [("drill", "{\"series\":0,\"interval\":3}")],
                "\"interval\" in drill is not in this answer: it must be from 0 to 2"
            ),
            (
                "revenue/ltv", [("drill", "{\"series\":0,\"key\":\"r181d\"}")],
                "\"key\" in drill must be a key of a row: count, paid, total_amount, r1d to r180d,"
            ),
            ("realtime", [("drill", "{\"series\":0}")], "drill is not known to realtime"),
        ] as [(String, [(String, String)], String)]
    )
    func mistakes(path: String, parameters: [(String, String)], message: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            let others = range.filter { day in !parameters.contains { $0.0 == day.0 } }
            let (status, body) = try await client.ask(path, others + parameters)
            #expect(status == 400)
            let error = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: Any]]
            let found = error?["error"]?["message"] as? String ?? body
            #expect(found.contains(message), "\(found)")
        }
    }

    @Test("costs what the question costs")
    func limits() async throws {
        var rules = QueryLimitRules()
        rules.costPerHour = 5
        let server = try TestServer(queryLimits: QueryLimits(rules))
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            let cell = range + [play, ("drill", "{\"series\":0,\"index\":0}")]
            #expect(try await client.ask("events/segmentation", cell).status == 200)
            let (status, body) = try await client.ask("events/segmentation", cell)
            #expect(status == 429 && body.contains("query of cost 3"))
        }
    }
}
