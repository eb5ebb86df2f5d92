import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

@Suite("saved charts (Documentation/asking.md Q7, Q8)")
struct SavedChartsTests {
    private static let users = "{\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"3d\"}}"

    @Test("a chart is saved, read, listed with the newest first, changed, archived and brought back")
    func life() async throws {
        let clock = TestClock()
        let server = try TestServer(clock: clock)
        try await server.application.test(.router) { client in
            let (id, made) = try await client.save(
                chart: "{\"name\":\"  Users \\n\",\"description\":\"All\",\"question\":\(Self.users)}"
            )
            #expect(id.wholeMatch(of: /[a-z0-9]{8}/) != nil)
            #expect(
                made.keys(at: "data") == [
                    "archived", "created_at", "description", "id", "name", "owner", "question", "request", "updated_at",
                ]
            )
            #expect(made.at("data", "name") == "\"Users\"" && made.at("data", "owner") == "null")
            #expect(made.at("data", "question") == "{\"range\":{\"last\":\"3d\"},\"type\":\"users\",\"version\":1}")
            #expect(made.at("data", "created_at") == "\"2024-03-01T12:00:00Z\"", "\(made.at("data"))")

            clock.goOn(60_000)
            let (second, nameless) = try await client.save(chart: "{\"question\":\(Self.users)}")
            #expect(nameless.at("data", "name") == "\"Untitled\"" && nameless.at("data", "description") == "null")
            func listed(_ query: String = "") async throws -> [String] {
                let list = try AnswerBody(try await client.get("/api/v1/charts\(query)").body)
                return (0..<(list.count(at: "data") ?? 0)).map { list.at("data", String($0), "id") }
            }
            #expect(try await listed() == ["\"\(second)\"", "\"\(id)\""])

            let changed = try await client.request(
                .put,
                "/api/v1/charts/\(id)",
                "{\"name\":\"New\",\"description\":null,\"question\":\(Self.users.replacing("3d", with: "4d"))}"
            )
            let chart = try AnswerBody(changed.body)
            #expect(changed.status == 200 && chart.at("data", "name") == "\"New\"")
            #expect(chart.at("data", "description") == "null")
            #expect(chart.at("data", "question", "range") == "{\"last\":\"4d\"}")
            #expect(chart.at("data", "created_at") == made.at("data", "created_at"))
            #expect(chart.at("data", "updated_at") == "\"2024-03-01T12:01:00Z\"")
            #expect(try await client.get("/api/v1/charts/\(id)").body == changed.body)
            // Its place in the list is that of when it was made.
            #expect(try await listed() == ["\"\(second)\"", "\"\(id)\""])

            #expect(try await client.request(.delete, "/api/v1/charts/\(id)", "").status == 204)
            #expect(try await client.request(.delete, "/api/v1/charts/\(id)", "").status == 404)
            #expect(try await listed() == ["\"\(second)\""])
            #expect(try await listed("?archived=true").count == 2)
            let asked = try await client.get("/api/3/chart/\(id)/query")
            #expect(asked.status == 404 && asked.body.contains("\"http_code\":404"))
            #expect(try await client.get("/api/3/chart/\(id)/csv").status == 404)
            #expect(try AnswerBody(try await client.get("/api/v1/charts/\(id)").body).at("data", "archived") == "true")
            let back = try await client.request(.put, "/api/v1/charts/\(id)", "{\"archived\":false}")
            #expect(back.status == 200)
            #expect(try await client.get("/api/3/chart/\(id)/query").status == 200)
            for unknown in ["/api/3/chart/abcd1234/query", "/api/3/chart/abcd1234/csv", "/api/v1/charts/abcd1234"] {
                #expect(try await client.get(unknown).status == 404)
            }
        }
    }

    @Test(
        "what cannot be a chart is refused with a sentence that names the place",
        arguments: [
            ("[]", 400, "The body must be a JSON object"), ("{}", 400, "question is required"),
            ("{\"name\":\"a\",\"colour\":1}", 400, "\\\"colour\\\" is not known here; a chart takes name"),
            ("{\"name\":\" \",\"question\":USERS}", 400, "name must have 1 to 1024 characters"),
            ("{\"name\":null,\"question\":USERS}", 400, "name must have 1 to 1024 characters"),
            ("{\"name\":7,\"question\":USERS}", 400, "name must be a text"),
            ("{\"question\":7}", 400, "a question must be a JSON object"),
            ("{\"question\":{\"version\":2}}", 400, "version 2 is not known here; this server reads 1"),
            ("{\"question\":{\"version\":1,\"type\":\"pie\"}}", 400, "type \\\"pie\\\" is not known here"),
            ("{\"question\":{\"version\":1,\"type\":\"sql\"}}", 501, "type \\\"sql\\\" is not built yet"),
            ("{\"question\":{\"version\":1,\"type\":\"segments\"}}", 501, "is not built yet"),
            ("{\"question\":{\"version\":1,\"type\":\"grouped\"}}", 501, "is not built yet"),
            (
                "{\"question\":{\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"3d\"},\"colour\":1}}", 400,
                "colour is not known here"
            ),
            (
                "{\"question\":{\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"300d\"},\"interval\":\"minute\"}}",
                422, "range has more than 5000 buckets"
            ),
            ("{\"question\":USERS,\"path\":\"/api/2/users\"}", 400, "say what is asked in two ways"),
            ("{\"params\":{}}", 400, "path is required"), ("{\"path\":\"/api/2/nothing\"}", 400, "path must be one of"),
            ("{\"path\":\"/api/2/realtime\"}", 400, "path must be one of /api/2/composition, "),
            ("{\"path\":\"/api/2/users\"}", 400, "start is required"),
            ("{\"path\":\"/api/2/users\",\"params\":[]}", 400, "params must be an object of texts"),
            (
                "{\"path\":\"/api/2/users\",\"params\":{\"start\":[\"20240101\",\"20240102\"],\"end\":\"20240103\"}}",
                400,
                "start is sent twice"
            ),
            (
                "{\"path\":\"/api/2/users\",\"params\":{\"start\":20240101,\"end\":20240103,\"format\":\"csv\"}}", 400,
                "format cannot be kept"
            ),
        ]
    )
    func mistakes(body: String, status: Int, sentence: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let sent = body.replacing("USERS", with: Self.users)
            let answer = try await client.request(.post, "/api/v1/charts", sent)
            #expect(answer.status == status && answer.body.contains(sentence), "\(answer)")
            #expect(try await client.get("/api/v1/charts").body == "{\"data\":[]}")
        }
    }

    @Test("a request is kept with its words, and a chart asked by its id answers as its Dashboard endpoint does")
    func requests() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            for (path, parameters) in ChartData.requests {
                let sent = try ChartData.body(path, parameters)
                let (id, chart) = try await client.save(chart: sent)
                #expect(chart.at("data", "request", "params") == (try AnswerBody(sent).at("params")), "\(path)")
                let asked = try AnswerBody(try await client.get("/api/3/chart/\(id)/query").body)
                let dashboard = try await client.answer(path, parameters + ChartData.days)
                #expect(dashboard.at("data") != "nothing", "\(path) \(parameters)")
                // Cells of segmentations are objects there.
                let plain = asked.at().replacing(/\{"setId":"","value":(-?[0-9.e-]+)\}/) { "\($0.1)" }
                let wanted = dashboard.at().replacing(/\{"setId":"","value":(-?[0-9.e-]+)\}/) { "\($0.1)" }
                #expect(plain == wanted, "\(path) \(parameters)")
                if path == "events/segmentation" {
                    #expect(asked.at("data", "series", "0", "0").hasPrefix("{\"setId\":\"\",\"value\":"))
                }
            }
        }
    }

    @Test("the recorded shape of a segmentation")
    func golden() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let (id, _) = try await client.save(chart: try ChartData.body("events/segmentation", [ChartData.play]))
            let (status, body) = try await client.get("/api/3/chart/\(id)/query")
            try #require(status == 200)
            try expectGolden(body, "chart-segmentation")
        }
    }

    @Test("what moves with the day moves")
    func moving() async throws {
        let clock = TestClock()
        let server = try TestServer(clock: clock)
        try await server.application.test(.router) { client in
            try await client.fill()
            let (id, _) = try await client.save(chart: "{\"question\":\(Self.users)}")
            func days() async throws -> String {
                try AnswerBody(try await client.get("/api/3/chart/\(id)/query").body).at("data", "xValues")
            }
            #expect(try await days() == "[\"2024-02-28\",\"2024-02-29\",\"2024-03-01\"]")
            clock.goOn(86_400_000)
            #expect(try await days() == "[\"2024-02-29\",\"2024-03-01\",\"2024-03-02\"]")
            // From the first event on, whoever's it was.
            let (all, _) = try await client.save(
                chart: "{\"question\":\(Self.users.replacing("last\":\"3d", with: "named\":\"all_time"))}"
            )
            let answer = try AnswerBody(try await client.get("/api/3/chart/\(all)/query").body)
            #expect(answer.at("data", "xValues", "0") == "\"2024-02-28\"" && answer.count(at: "data", "xValues") == 4)
        }
    }

    @Test("somebody who was deleted is in no chart that was saved before, whatever its type, nor begins its range")
    func deleted() async throws {
        let (server, other) = (try TestServer(), try TestServer())
        let hers = """
            [{"user_id":"user-dora","event_type":"Play","time":1709000000000,"price":1000,"session_id":5,"country":"Narnia",
              "event_properties":{"size":77,"say":"hers"},"user_properties":{"plan":"hers"}},
             {"user_id":"user-dora","event_type":"Play","time":1709122000000,"price":1000,"session_id":6,"country":"Narnia",
              "event_properties":{"size":77,"say":"hers"}},
             {"user_id":"user-dora","event_type":"Stop","time":1709130000000,"session_id":6,"country":"Narnia"}]
            """
        try await server.application.test(.router) { client in
            try await other.application.test(.router) { oracle in
                for asked in [client, oracle] as [any TestClientProtocol] { try await asked.fill() }
                try await client.fill(hers)
                let question = Self.users.replacing("last\":\"3d", with: "named\":\"all_time")
                let bodies =
                    try ChartData.requests.map { try ChartData.body($0.path, $0.parameters) }
                    + ["{\"name\":\"Chart\",\"question\":\(question)}"]
                var changed = 0
                var charts: [(id: String, wanted: String, before: [String])] = []
                for body in bodies {
                    let (id, wanted) = (try await client.save(chart: body).id, try await oracle.save(chart: body).id)
                    var before: [String] = []
                    for form in ["query", "csv"] {
                        before.append(try await client.get("/api/3/chart/\(id)/\(form)").body)
                    }
                    charts.append((id, wanted, before))
                }
                let deletion = try await client.request(
                    .post,
                    "/api/2/deletions/users",
                    "{\"user_ids\":[\"user-dora\"]}"
                )
                #expect(deletion.status == 200)
                for (index, chart) in charts.enumerated() {
                    for (number, form) in ["query", "csv"].enumerated() {
                        let after = try await client.get("/api/3/chart/\(chart.id)/\(form)").body
                        #expect(
                            after == (try await oracle.get("/api/3/chart/\(chart.wanted)/\(form)").body),
                            "\(bodies[index])"
                        )
                        changed += after != chart.before[number] ? 1 : 0
                    }
                    let stored = try AnswerBody(try await client.get("/api/v1/charts/\(chart.id)").body)
                    let document = stored.at("data", "question")
                    let after = try await client.request(.post, "/api/v1/query", document)
                    #expect(after == (try await oracle.request(.post, "/api/v1/query", document)))
                }
                // The test looks at something.
                #expect(changed > 30, "\(changed)")
            }
        }
    }
}
