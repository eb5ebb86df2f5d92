import EventModel
import Foundation
import HTTPEdge
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

/// 2024-02-28 to 2024-03-01, UTC.
private let events = """
    [{"user_id":"ann-1","event_type":"Play","time":1709121600000,"country":"Germany","platform":"iOS",
      "event_properties":{"genre":"jazz","length":3},"user_properties":{"plan":"free"}},
     {"user_id":"ann-1","event_type":"Play","time":1709125200000,"event_properties":{"genre":"rock","length":3.0}},
     {"user_id":"bob-1","event_type":"Play","time":1709208000000,"country":"France",
      "event_properties":{"genre":["jazz","rock"],"length":"3"}},
     {"device_id":"device-1","event_type":"Stop","time":1709294400000,"event_properties":{"genre":"Jazzy"}},
     {"user_id":"ann-1","event_type":"$identify","time":1709294400000,"user_properties":{"$set":{"plan":"pro"}}},
     {"user_id":"ann-1","event_type":"Play","time":1709294400000,"event_properties":{"length":4.5}}]
    """

private let range = [("start", "20240228"), ("end", "20240301")]

struct Answer: Sendable, CustomStringConvertible {
    var name: String
    var parameters: [(String, String)]
    var description: String { name }
}

@Suite struct SegmentationEndpointTests {
    @Test(
        "answers",
        arguments: [
            Answer(name: "uniques", parameters: [("e", "{\"event_type\":\"Play\"}")]),
            Answer(name: "totals", parameters: [("e", "{\"event_type\":\"Play\"}"), ("m", "totals"), ("i", "1")]),
            Answer(name: "active", parameters: [("e", "{\"event_type\":\"_active\"}"), ("n", "any")]),
            Answer(
                name: "group-by-event-property",
                parameters: [
                    ("e", "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"event\",\"value\":\"genre\"}]}"),
                    ("m", "totals"),
                ]
            ),
            Answer(
                name: "group-by-number",
                parameters: [
                    ("e", "{\"event_type\":\"Play\",\"group_by\":[{\"type\":\"event\",\"value\":\"length\"}]}")
                ]
            ),
            Answer(
                name: "group-by-user-property",
                parameters: [
                    ("e", "{\"event_type\":\"_all\",\"group_by\":[{\"type\":\"user\",\"value\":\"gp:plan\"}]}"),
                    ("m", "totals"),
                ]
            ),
            Answer(name: "group-by-country", parameters: [("e", "{\"event_type\":\"_active\"}"), ("g", "country")]),
            Answer(
                name: "group-by-limit",
                parameters: [("e", "{\"event_type\":\"_active\"}"), ("g", "country"), ("limit", "1")]
            ),
            Answer(
                name: "filter-is",
                parameters: [
                    (
                        "e",
                        "{\"event_type\":\"Play\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"genre\","
                            + "\"subprop_op\":\"is\",\"subprop_value\":[\"jazz\"]}]}"
                    ), ("m", "totals"),
                ]
            ),
            Answer(
                name: "filter-is-not",
                parameters: [
                    (
                        "e",
                        "{\"event_type\":\"_all\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"genre\","
                            + "\"subprop_op\":\"is not\",\"subprop_value\":[\"jazz\",\"(none)\"]}]}"
                    ), ("m", "totals"),
                ]
            ),
            Answer(
                name: "filter-contains-and-user-property",
                parameters: [
                    (
                        "e",
                        "{\"event_type\":\"_all\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"genre\","
                            + "\"subprop_op\":\"contains\",\"subprop_value\":[\"JAZZ\"]},{\"subprop_type\":\"user\","
                            + "\"subprop_key\":\"plan\",\"subprop_op\":\"is\",\"subprop_value\":[\"free\"]}]}"
                    ), ("m", "totals"),
                ]
            ),
        ]
    )
    func golden(_ answer: Answer) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            #expect(try await client.post(events: events).status == 200)
            let (status, body) = try await client.segmentation(range + answer.parameters)
            #expect(status == 200)
            try expectGolden(body, "segmentation-\(answer.name)")
        }
    }

    @Test("an answer counts everything that was acknowledged before")
    func readYourWrites() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for count in 1...20 {
                let event = "[{\"user_id\":\"user \(count)\",\"event_type\":\"Play\",\"time\":1709208000000}]"
                #expect(try await client.post(events: event).status == 200)
                let (_, body) = try await client.segmentation(range + [("e", "{\"event_type\":\"Play\"}")])
                #expect(body.contains("\"series\":[[0,\(count),0]]"))
            }
        }
    }

    @Test("the project's zone says when a day begins")
    func zone() async throws {
        let server = try TestServer(timeZone: .init(name: "America/New_York")!)
        try await server.application.test(.router) { client in
            // 23:59:59.999 and 00:00 in New York.
            try await client.post(
                events: """
                    [{"user_id":"ann-1","event_type":"Play","time":1709182799999},
                     {"user_id":"ann-1","event_type":"Play","time":1709182800000}]
                    """
            )
            let (_, body) = try await client.segmentation(
                range + [("e", "{\"event_type\":\"Play\"}"), ("m", "totals")]
            )
            #expect(body.contains("\"series\":[[1,1,0]]"))
        }
    }

    @Test(
        "JSON in the address may be escaped in any way, or not at all",
        arguments: [
            "{\"event_type\":\"Play\"}", "%7B%22event_type%22%3A%22Play%22%7D", "%7b%22event_type%22:%20%22Play%22%7d",
            "{+\"event_type\"+:+\"Pl\\u0061y\"+}",
        ]
    )
    func escaping(e: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            let (status, body) = try await client.get(
                "/api/2/events/segmentation?e=\(e)&start=20240228&end=20240301T23&m=totals"
            )
            #expect(status == 200)
            #expect(body.contains("\"series\":[[2,1,1]]"))
        }
    }

    @Test(
        "mistakes name the parameter and a valid value",
        arguments: [
            ([], "e is required: an event, such as {\"event_type\":\"_active\"}"),
            ([("e", "Play")], "e must be a JSON object, such as {\"event_type\":\"_active\"}"),
            ([("e", "{}")], "e must be a JSON object with an \"event_type\", such as {\"event_type\":\"_active\"}"),
            ([("e", "[]")], "e must be a JSON object with an \"event_type\", such as {\"event_type\":\"_active\"}"),
            (
                [("e", "{\"event_type\":\"Play\",\"filters\":[{}]}")],
                "each filter in e needs \"subprop_type\", which is \"event\" or \"user\", and \"subprop_key\""
            ),
            (
                [
                    (
                        "e",
                        "{\"event_type\":\"Play\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"genre\","
                            + "\"subprop_op\":\"=\",\"subprop_value\":[1]}]}"
                    )
                ],
                "\"subprop_op\" in e must be one of \"is\", \"is not\", \"contains\", \"does not contain\", \"less\","
                    + " \"less or equal\", \"greater\", \"greater or equal\", \"set is\", \"set is not\","
                    + " \"set contains\", \"set does not contain\", \"starts with\", \"does not start with\","
                    + " \"glob match\""
            ),
            (
                [("e", "{\"event_type\":\"Play\"}"), ("m", "users")],
                "m must be one of uniques, totals, pct_dau, average, histogram, sums, value_avg, formula"
            ),
            (
                [("e", "{\"event_type\":\"Play\"}"), ("limit", "0")],
                "limit must be a whole number from 1 on, such as limit=100; 1000 are answered at most"
            ),
            (
                [("e", "{\"event_type\":\"Play\"}"), ("start", "2024-02-28")],
                "start must be a day written YYYYMMDD, such as start=20240131"
            ),
            (
                [("e", "{\"event_type\":\"Play\"}"), ("start", "20240230")],
                "start must be a day written YYYYMMDD, such as start=20240131"
            ),
            ([("e", "{\"event_type\":\"Play\"}"), ("end", "20240227")], "end must not come before start"),
            (
                [("e", "{\"event_type\":\"Play\"}"), ("end", "20250228")],
                "start to end may be 365 days at most with i=1, and these are 367"
            ),
            (
                [("e", "{\"event_type\":\"play\"}")],
                "No event of type \"play\" was ever received. Did you mean \"Play\"?"
            ),
            (
                [("e", "{\"event_type\":\"Play\"}"), ("g", "gp:plam")],
                "No event or user ever had the property \"plam\". Did you mean \"plan\"?"
            ),
        ] as [([(String, String)], String)]
    )
    func mistakes(parameters: [(String, String)], message: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            let others = range.filter { day in !parameters.contains { $0.0 == day.0 } }
            let (status, body) = try await client.segmentation(others + parameters)
            #expect(status == 400)
            let error = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: Any]]
            #expect(error?["error"]?["message"] as? String == message)
            #expect(error?["error"]?["http_code"] as? Int == 400)
        }
    }

    @Test("without a date there is no answer", arguments: ["start", "end"])
    func missingDate(name: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let kept = range.filter { $0.0 != name } + [("e", "{\"event_type\":\"_active\"}")]
            let (status, body) = try await client.segmentation(kept)
            #expect(status == 400)
            try expectGolden(body, "segmentation-without-\(name)")
        }
    }

    @Test(
        "only both keys open the door",
        arguments: [
            nil, "", "Basic", "Basic x", "Bearer \(TestServer.apiKey)",
            "Basic " + Data("\(TestServer.apiKey):".utf8).base64EncodedString(),
            "Basic " + Data("\(TestServer.apiKey):\(TestServer.apiKey)".utf8).base64EncodedString(),
            "Basic " + Data("\(TestServer.secretKey):\(TestServer.apiKey)".utf8).base64EncodedString(),
            "Basic " + Data(TestServer.apiKey.utf8).base64EncodedString(),
        ]
    )
    func authorization(header: String?) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let (status, body) = try await client.get("/api/2/events/segmentation", authorization: header)
            #expect(status == 401)
            try expectGolden(body, "unauthorized")
        }
    }

    @Test func unknownPath() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let (status, body) = try await client.get("/api/2/nothing")
            #expect(status == 404)
            try expectGolden(body, "unknown-path")
        }
    }
}

@Suite struct HTTPV2EndpointTests {
    @Test(
        "accepted, whatever kind of content the sender calls it",
        arguments: [
            "application/json", "text/plain", "application/json; charset=utf-8", nil,
        ]
    )
    func accepted(contentType: String?) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let (status, body) = try await client.post(events: events, contentType: contentType)
            #expect(status == 200)
            try expectGolden(body, "ingest-accepted")
        }
    }

    @Test(
        "refused, to the letter",
        arguments: [
            ("missing-body", ""),
            ("invalid-json", "{\"api_key\":"),
            ("missing-key", "{\"events\":[]}"),
            ("missing-events", "{\"api_key\":\"\(TestServer.apiKey)\"}"),
            ("invalid-key", "{\"api_key\":\"wrong\",\"events\":[{}]}"),
            ("invalid-event", "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[1]}"),
            (
                "several-problems",
                "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[{\"event_type\":\"A\"},{\"user_id\":\"abc\","
                    + "\"event_type\":\"A\"},{\"user_id\":\"user-1\",\"event_type\":\"A\",\"time\":\"now\"}]}"
            ),
            (
                "short-id",
                "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[{\"user_id\":\"user-1\",\"event_type\":\"A\"},"
                    + "{\"user_id\":\"abc\",\"device_id\":\"device-1\",\"event_type\":\"A\"}]}"
            ),
        ]
    )
    func refused(name: String, body: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let (status, answer) = try await client.post(body: body)
            #expect(status == 400)
            try expectGolden(answer, "ingest-\(name)")
            // All or nothing: not even the good events of the request are there.
            let (_, found) = try await client.segmentation(range + [("e", "{\"event_type\":\"_all\"}")])
            #expect(found.contains("\"series\":[[0,0,0]]"))
        }
    }

    @Test("a body of a megabyte is too large, one byte less is not")
    func size() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let start = "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[],\"padding\":\""
            func body(bytes: Int) -> String {
                start + String(repeating: "x", count: bytes - start.utf8.count - 2) + "\"}"
            }
            #expect(try await client.post(body: body(bytes: (1 << 20) - 1)).status == 200)
            let (status, answer) = try await client.post(body: body(bytes: 1 << 20))
            #expect(status == 413)
            #expect(answer == "{\"code\":413,\"error\":\"Payload too large\"}")
        }
    }
}
