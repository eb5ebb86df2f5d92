import EventModel
import Foundation
import HTTPEdge
import HummingbirdTesting
import Testing

/// 2024-02-27 to 2024-03-01, UTC: three people, one of whom buys.
private let events = """
    [{"user_id":"ann-1","event_type":"Table Click","time":1709035200000,"country":"Germany","platform":"iOS",
      "version_name":"1.0.3","user_properties":{"gender":"female","subscription_tier":"gold"}},
     {"user_id":"ann-1","event_type":"Table Click","time":1709121600000,"event_properties":{"row":3}},
     {"user_id":"ann-1","event_type":"Purchase","time":1709125200000,"event_properties":{"amount":120,"tags":["new","big"]},
      "price":120},
     {"user_id":"ann-1","event_type":"Purchase","time":1709211600000,"event_properties":{"amount":"80.5","tags":"new"},
      "price":80.5},
     {"user_id":"bob-1","event_type":"Table Click","time":1709121600000,"country":"France","platform":"Android",
      "version_name":"2.0.1","event_properties":{"row":4},"user_properties":{"gender":"male"}},
     {"user_id":"bob-1","event_type":"Table Click","time":1709211600000,"event_properties":{"row":5}},
     {"user_id":"cem-1","event_type":"CompletedProfile","time":1709294400000,"platform":"iOS",
      "event_properties":{"EmailVerified":true},"user_properties":{"SignUpDate":"2021-08-18"}},
     {"user_id":"cem-1","event_type":"Play Song","time":1709294401000}]
    """

private let range = [("start", "20240228"), ("end", "20240301")]
private let click = ("e", "{\"event_type\":\"Table Click\"}")
private let purchase = ("e2", "{\"event_type\":\"Purchase\"}")
private let byAmount = "{\"event_type\":\"Purchase\",\"group_by\":[{\"type\":\"event\",\"value\":\"amount\"}]}"
private let women = ("s", "[{\"prop\":\"gp:gender\",\"op\":\"is\",\"values\":[\"female\"]}]")
private let men = ("s", "[{\"prop\":\"gp:gender\",\"op\":\"is\",\"values\":[\"male\"]}]")
private let buyers = (
    "s", "[{\"type\":\"event\",\"event_type\":\"Purchase\",\"op\":\">=\",\"value\":1,\"time_type\":\"allTime\"}]"
)

@Suite struct SegmentationShapesTests {
    @Test(
        "every shape of series and labels",
        arguments: [
            Answer(name: "segments", parameters: [click, women, men]),
            Answer(name: "two-events", parameters: [click, purchase, ("m", "totals")]),
            Answer(name: "two-events-two-segments", parameters: [click, purchase, women, buyers, ("m", "pct_dau")]),
            Answer(name: "two-events-grouped", parameters: [click, purchase, ("g", "platform")]),
            Answer(name: "g-and-g2", parameters: [click, ("g", "platform"), ("g2", "gp:gender")]),
            Answer(name: "g-twice", parameters: [click, ("g", "platform"), ("g", "gp:gender")]),
            Answer(
                name: "segments-grouped-by-event",
                parameters: [
                    ("e", "{\"event_type\":\"Purchase\",\"group_by\":[{\"type\":\"event\",\"value\":\"tags\"}]}"),
                    women, buyers, ("m", "totals"),
                ]
            ),
            Answer(
                name: "two-properties-of-the-event",
                parameters: [
                    (
                        "e",
                        "{\"event_type\":\"Purchase\",\"group_by\":[{\"type\":\"event\",\"value\":\"tags\"},"
                            + "{\"type\":\"user\",\"value\":\"platform\"}]}"
                    ), ("m", "average"),
                ]
            ),
            Answer(name: "sums", parameters: [("e", byAmount), ("m", "sums")]),
            Answer(name: "sums-by-g", parameters: [("e", byAmount), ("m", "sums"), ("g", "platform")]),
            Answer(name: "value-avg", parameters: [("e", byAmount), ("m", "value_avg")]),
            Answer(name: "histogram", parameters: [("e", byAmount), ("m", "histogram")]),
            Answer(name: "formula-hist", parameters: [click, ("formula", "HIST(A)")]),
            Answer(
                name: "formulas",
                parameters: [
                    click, purchase, women, men, ("m", "formula"),
                    ("formula", "%:UNIQUES(B)/UNIQUES(A); TOTALS(A1)+TOTALS(A2)"),
                ]
            ),
            Answer(
                name: "formula-grouped",
                parameters: [click, purchase, ("g", "platform"), ("formula", "TOTALS(A)-TOTALS(B)")]
            ),
            Answer(name: "revenue", parameters: [("e", "{\"event_type\":\"revenue_amount\"}"), ("m", "totals")]),
            Answer(name: "rolling-window", parameters: [click, ("rollingWindow", "2")]),
            Answer(name: "rolling-average", parameters: [click, ("rollingAverage", "2"), ("m", "totals")]),
            Answer(name: "weeks", parameters: [click, ("i", "7"), ("m", "totals")]),
            Answer(name: "months", parameters: [click, ("i", "30"), ("n", "new")]),
            Answer(
                name: "hours",
                parameters: [
                    click, ("i", "-3600000"), ("start", "20240228T11"), ("end", "20240228T13"), ("m", "totals"),
                ]
            ),
        ]
    )
    func golden(_ answer: Answer) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            #expect(try await client.post(events: events).status == 200)
            let own = answer.parameters.contains { $0.0 == "start" } ? [] : range
            let (status, body) = try await client.segmentation(own + answer.parameters)
            #expect(status == 200, "\(body)")
            try expectGolden(body, "segmentation-\(answer.name)")
        }
    }

    @Test("pieces of five minutes")
    func fiveMinutes() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            let (status, body) = try await client.segmentation(
                [click, ("i", "-300000"), ("start", "20240228"), ("end", "20240228"), ("m", "totals")]
            )
            #expect(status == 200)
            let data = try #require(JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: Any]])[
                "data"
            ]
            let values = try #require((data?["series"] as? [[Int]])?.first)
            let times = try #require(data?["xValues"] as? [String])
            #expect(times.count == 288 && values.count == 288)
            #expect(zip(times, values).filter { $1 > 0 }.map { "\($0) \($1)" } == ["2024-02-28T12:00:00 2"])
        }
    }

    /// As Amplitude's documentation of the endpoint, and a connector's, write them, only with dates on which there are
    /// events.
    @Test(
        "the documents' examples work as they are written, and escaped",
        arguments: [
            ("e={\"event_type\":\"_active\"}&start=20240228&end=20240301&n=any", "[[2,2,1]]"),
            ("e={\"event_type\":\"Table Click\"}&start=20240228&end=20240301&m=uniques&n=active&i=1", "[[2,1,0]]"),
            (
                "e={\"event_type\":\"Purchase\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"amount\","
                    + "\"subprop_op\":\"greater\",\"subprop_value\":[\"100\"]}]}&start=20240228&end=20240301&m=totals",
                "[[1,0,0]]"
            ),
            (
                """
                e={
                  "event_type": "CompletedProfile",
                  "filters": [
                    {
                      "subprop_type": "event",
                      "subprop_key": "EmailVerified",
                      "subprop_op": "is",
                      "subprop_value": [
                        "true"
                      ]
                    },
                    {
                      "subprop_type": "user",
                      "subprop_key": "gp:SignUpDate",
                      "subprop_op": "is",
                      "subprop_value": [
                        "2021-08-18"
                      ]
                    }
                  ],
                  "group_by": [
                    {
                      "type": "user",
                      "value": "platform"
                    }
                  ]
                }&start=20240228&end=20240301
                """, "[[0,0,1]]"
            ),
            (
                """
                e={"event_type":"Table Click"}&start=20240228&end=20240301&s=[
                    {
                        "prop": "version",
                        "op": "contains",
                        "values": ["1.0", "2.0"]
                    },
                    {
                        "prop": "gp:gender",
                        "op": "is",
                        "values": ["female"]
                    }
                ]
                """, "[[1,0,0]]"
            ),
            (
                "e={\"event_type\":\"Table Click\"}&e2={\"event_type\":\"Purchase\"}&m=formula"
                    + "&formula=UNIQUES(A)/UNIQUES(B)&start=20240228&end=20240301",
                "[[2,1,0]]"
            ),
            (
                "e={\"event_type\":\"Table Click\"}&start=20240228&end=20240301&m=uniques&n=active"
                    + "&formula=revenue / users&i=1&g=platform&limit=100&s=&e2=&g2=&rollingWindow=&rollingAverage=",
                "[[1,1,0],[1,0,0]]"
            ),
            (
                "e={\"event_type\":\"Table Click\"}&start=20240228&end=20240301&g=gp:subscription_tier",
                "[[1,1,0],[1,0,0]]"
            ),
        ]
    )
    func documented(query: String, series: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            var asTyped = CharacterSet.urlQueryAllowed
            asTyped.insert(charactersIn: "{}[]\"")
            var spacesAsPlus = asTyped
            spacesAsPlus.insert(" ")
            var escaped = CharacterSet.alphanumerics
            escaped.insert(charactersIn: "=&")
            let forms = [asTyped, spacesAsPlus, escaped].map {
                query.addingPercentEncoding(withAllowedCharacters: $0)!.replacing(" ", with: "+")
            }
            for form in Set(forms) {
                let (status, body) = try await client.get("/api/2/events/segmentation?\(form)")
                #expect(status == 200, "\(body)")
                #expect(body.contains("\"series\":\(series),"), "\(form): \(body)")
            }
        }
    }

    @Test(
        "names in JSON may be escaped",
        arguments: [
            "{\"event_type\":\"Pl\\u0061y\\u0020Song\"}", "{\"event_type\":\"Play%20Song\"}",
            "{\"event_type\":\"Play+Song\"}",
        ]
    )
    func escapes(e: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            let (_, body) = try await client.get(
                "/api/2/events/segmentation?e=\(e)&start=20240228&end=20240301&m=totals"
            )
            #expect(body.contains("\"series\":[[0,0,1]]"), "\(body)")
        }
    }

    @Test("a second e is e2")
    func repeatedEvent() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            let (_, twice) = try await client.segmentation(range + [click, ("e", purchase.1), ("m", "totals")])
            let (_, named) = try await client.segmentation(range + [click, purchase, ("m", "totals")])
            #expect(twice == named)
            #expect(twice.contains("\"seriesLabels\":[0,1]"))
        }
    }

    @Test("a condition says who performed what, and how often")
    func performed() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            func series(_ condition: String) async throws -> String {
                let segment = "[{\"type\":\"event\",\"event_type\":\"Table Click\",\(condition)}]"
                let (_, body) = try await client.segmentation(
                    range + [("e", "{\"event_type\":\"_active\"}"), ("s", segment), ("m", "totals")]
                )
                return String(body.dropFirst("{\"data\":{\"series\":".count).prefix(9))
            }
            var found = try await series("\"op\":\">=\",\"value\":2,\"time_type\":\"allTime\"")
            #expect(found == "[[2,2,0]]", "ann from the first day shown on, bob from the second")
            found = try await series("\"op\":\"=\",\"value\":\"0\",\"time_type\":\"currentInterval\"")
            #expect(found == "[[0,1,2]]", "cem always, ann on the second day")
            found = try await series("\"op\":\">=\",\"value\":1,\"time_type\":\"forEachInterval\",\"time_value\":2")
            #expect(found == "[[3,2,0]]", "whoever clicked on the day or on the day before")
        }
    }
}
