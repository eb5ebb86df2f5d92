import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

@Suite("data tables, lifecycles and stickiness, asked (Documentation/asking.md Q11 to Q14)")
struct DataTableTests {
    private static let columns = """
        [{"label":"Players","events":[{"event":"Play"}]},
         {"events":[{"event":"Play"}],"measure":{"kind":"totals"}},
         {"events":[{"event":"Play","groupBy":["event.size"]}],"measure":{"kind":"sum"}},
         {"events":[{"event":"Play"},{"event":"Stop"}],
          "measure":{"kind":"formulas","formulas":["TOTALS(A)/TOTALS(B)"]}},
         {"steps":[{"event":"Play"},{"event":"Stop"}]},
         {"start":{"any":"first"},"return":{"any":"active"},"day":1},
         {"events":[{"event":"Play","nth":2}]}]
        """
    private static let range = "{\"start\":\"2024-02-28\",\"end\":\"2024-03-01\"}"

    private static func table(_ rows: String, columns: String = columns, more: String = "") -> String {
        "{\"version\":1,\"type\":\"data_table\",\"range\":\(range),\"rows\":\(rows),\"columns\":\(columns)\(more)}"
    }

    @Test("a table has each measure's own numbers, by rows and of everybody")
    func numbers() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let document = Self.table("[\"country\"]")
            let (status, body) = try await client.request(.post, "/api/v1/query", document)
            try #require(status == 200, "\(body)")
            let answer = try AnswerBody(body)
            // Ann plays twice in Chad; Bob and Cid in Mali, where Bob stops two days later.
            #expect(answer.at("data", "rows", "0") == "{\"labels\":[\"Mali\"],\"values\":[2,2,0,2,0.5,0.5,0]}")
            #expect(answer.at("data", "rows", "1") == "{\"labels\":[\"Chad\"],\"values\":[1,2,11,0,0,0,1]}")
            #expect(answer.count(at: "data", "rows") == 2)
            #expect(answer.at("data", "total", "0") == "3" && answer.at("data", "total", "3") == "4")
            #expect(
                answer.at("data", "columns")
                    == "[{\"label\":\"Players\"},{\"label\":\"Play, events\"},{\"label\":\"Play, sum\"},"
                    + "{\"label\":\"TOTALS(A)/TOTALS(B)\"},{\"label\":\"Play → Stop, conversion\"},"
                    + "{\"label\":\"New User → Any Active Event, day 1\"},{\"label\":\"Play, time 2, users\"}]"
            )
            // A chart of it, and its file.
            let (id, _) = try await client.save(chart: "{\"name\":\"Table\",\"question\":\(document)}")
            let asked = try AnswerBody(try await client.get("/api/3/chart/\(id)/query").body)
            #expect(asked.at("data") == answer.at("data"))
            let file = try AnswerBody(try await client.get("/api/3/chart/\(id)/csv").body).at("data")
            #expect(file.contains("\\\"\\tcountry\\\",\\\"\\tPlayers\\\""), "\(file)")
            #expect(file.contains("\\\"\\tMali\\\",\\\"2\\\",\\\"2\\\"") && file.contains("\\\"\\tTotal\\\",\\\"3\\\""))
        }
    }

    @Test("one row of everybody, two properties, and the largest rows alone")
    func rows() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let columns =
                "[{\"events\":[{\"event\":\"Play\"}]},{\"steps\":[{\"event\":\"Stop\"},{\"event\":\"Play\"}]}]"
            func rows(_ properties: String, _ more: String = "") async throws -> String {
                let sent = Self.table(properties, columns: columns, more: more)
                return try AnswerBody(try await client.request(.post, "/api/v1/query", sent).body).at("data", "rows")
            }
            #expect(try await rows("[]") == "[{\"labels\":[],\"values\":[3,0]}]")
            // Only Stop has the last one: rows are those of any column.
            #expect(
                try await rows("[\"country\",\"user.plan\"]")
                    == "[{\"labels\":[\"Mali\",\"(none)\"],\"values\":[2,0]},{\"labels\":[\"Chad\",\"free\"],\"values\":[1,0]},"
                    + "{\"labels\":[\"Mali\",\"pro\"],\"values\":[0,0]}]"
            )
            #expect(try await rows("[\"country\"]", ",\"limit\":1") == "[{\"labels\":[\"Mali\"],\"values\":[2,0]}]")
        }
    }

    @Test(
        "a cell knows its users",
        arguments: [
            ("{\"series\":0,\"index\":0}", 200, ["bob-1", "cid-1"]), ("{\"series\":1,\"index\":1}", 200, ["ann-1"]),
            ("{\"series\":0,\"index\":4}", 200, ["bob-1"]), ("{\"series\":1,\"index\":4}", 200, []),
            ("{\"series\":0,\"index\":5}", 200, ["bob-1"]), ("{\"series\":1,\"index\":6}", 200, ["ann-1"]),
            ("{\"series\":0,\"index\":3}", 400, []), ("{\"series\":2,\"index\":0}", 400, []),
            ("{\"series\":0,\"index\":7}", 400, []), ("{\"series\":0}", 400, []),
        ]
    )
    func users(cell: String, status: Int, wanted: [String]) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            let sent = "{\"question\":\(Self.table("[\"country\"]")),\"cell\":\(cell)}"
            let answer = try await client.request(.post, "/api/v1/query/users", sent)
            #expect(answer.status == status, "\(answer.body)")
            guard status == 200 else { return }
            let body = try AnswerBody(answer.body)
            let users = (0..<(body.count(at: "data", "users") ?? 0)).map {
                body.at("data", "users", String($0), "user_id")
            }
            #expect(users == wanted.map { "\"\($0)\"" })
        }
    }

    @Test(
        "what no table is",
        arguments: [
            ("[]", "[]", "columns must be 1 to 10 columns"), ("[]", "[{}]", "columns[0] must be a column"),
            (
                "[\"country\",\"os\",\"city\"]", "[{\"events\":[{\"event\":\"Play\"}]}]",
                "rows takes two properties at most"
            ),
            (
                "[\"country\",\"os\"]", "[{\"start\":{\"any\":\"first\"},\"return\":{\"any\":\"active\"},\"day\":1}]",
                "columns[0] is of retention, which one property at most splits"
            ),
            ("[]", "[{\"start\":{\"any\":\"first\"},\"return\":{\"any\":\"active\"}}]", "columns[0].day is required"),
            ("[]", "[{\"events\":[{\"event\":\"Play\"},{\"event\":\"Stop\"}]}]", "columns[0].events takes one event"),
            (
                "[]", "[{\"events\":[{\"event\":\"Play\",\"groupBy\":[\"country\"]}]}]",
                "columns[0].events takes no groupBy but what is computed with"
            ),
            (
                "[]",
                "[{\"events\":[{\"event\":\"Play\",\"groupBy\":[\"event.size\"]}],\"measure\":{\"kind\":\"histogram\"}}]",
                "columns[0].measure has bins"
            ),
            (
                "[]", "[{\"events\":[{\"event\":\"Play\"}],\"interval\":\"day\"}]",
                "columns[0].interval is not known here"
            ),
            (
                "[]", "[{\"steps\":[{\"event\":\"Play\",\"nth\":1},{\"event\":\"Stop\"}],\"order\":\"sequential\"}]",
                "columns[0].steps[0].nth is known of"
            ),
            (
                "[]", "[{\"events\":[{\"event\":\"Play\",\"nth\":6}]}]",
                "columns[0].events[0].nth must be a whole number from 1 to 5"
            ),
            ("[]", "[{\"events\":[{\"any\":\"first\",\"nth\":1}]}]", "nth is known of what people can do again"),
        ]
    )
    func mistakes(rows: String, columns: String, sentence: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let answer = try await client.request(.post, "/api/v1/query", Self.table(rows, columns: columns))
            #expect([400, 422].contains(answer.status) && answer.body.contains(sentence), "\(answer)")
        }
    }

    private static let habits = [
        "{\"version\":1,\"type\":\"lifecycle\",\"range\":RANGE,\"event\":{\"any\":\"active\"},\"interval\":\"day\"}",
        "{\"version\":1,\"type\":\"lifecycle\",\"rule\":\"calendar\",\"range\":RANGE,\"event\":{\"event\":\"Play\"}}",
        "{\"version\":1,\"type\":\"stickiness\",\"range\":RANGE,\"event\":{\"any\":\"active\"}}",
        "{\"version\":1,\"type\":\"stickiness\",\"rule\":\"calendar\",\"range\":RANGE,\"event\":{\"any\":\"active\"}}",
    ].map { $0.replacing("RANGE", with: range) }

    @Test("lifecycles and stickiness as charts and as rows")
    func habits() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.fill()
            for (index, document) in Self.habits.enumerated() {
                let (id, _) = try await client.save(chart: "{\"name\":\"Habit\",\"question\":\(document)}")
                let asked = try await client.get("/api/3/chart/\(id)/query")
                try #require(asked.status == 200, "\(asked.body)")
                try expectGolden(asked.body, "chart-habit-\(index)")
                let rows = try await client.request(.post, "/api/v1/query", document)
                try expectGolden(rows.body, "query-habit-\(index)")
                let file = try await client.get("/api/3/chart/\(id)/csv")
                try expectGolden(file.body, "csv-habit-\(index)")
            }
        }
    }

    @Test("somebody who was deleted is in no table, lifecycle or stickiness")
    func deleted() async throws {
        let (server, other) = (try TestServer(), try TestServer())
        let hers = """
            [{"user_id":"user-dora","event_type":"Play","time":1709122000000,"country":"Narnia","event_properties":{"size":77}},
             {"user_id":"user-dora","event_type":"Play","time":1709130000000,"country":"Narnia"},
             {"user_id":"user-dora","event_type":"Stop","time":1709230000000,"country":"Narnia"}]
            """
        try await server.application.test(.router) { client in
            try await other.application.test(.router) { oracle in
                try await client.fill()
                try await oracle.fill()
                try await client.fill(hers)
                let documents = Self.habits + [Self.table("[\"country\"]"), Self.table("[]")]
                var before: [String] = []
                for document in documents {
                    before.append(try await client.request(.post, "/api/v1/query", document).body)
                }
                let deletion = try await client.request(
                    .post,
                    "/api/2/deletions/users",
                    "{\"user_ids\":[\"user-dora\"]}"
                )
                #expect(deletion.status == 200)
                for (index, document) in documents.enumerated() {
                    let after = try await client.request(.post, "/api/v1/query", document)
                    #expect(after == (try await oracle.request(.post, "/api/v1/query", document)))
                    #expect(after.body != before[index])
                }
            }
        }
    }
}
