import Foundation
import HummingbirdTesting
import Testing

/// The server's present moment is 2024-03-01T12:00Z, a Friday. On 02-24 three are new: one pays 10 after an hour, one 20
/// after two and a half days, one nothing. Another is new on 02-27 and pays 5 within the hour.
private let events: String = {
    // 2024-02-24T10:00Z
    let first: Int64 = 1_708_768_800_000
    let hour: Int64 = 3_600_000
    func event(_ user: String, _ time: Int64, _ more: String) -> String {
        "{\"user_id\":\"\(user)\",\"event_type\":\"A\",\"time\":\(time),\"country\":\"Chad\"\(more)}"
    }
    let events = [
        event("payer-one", first, ",\"session_id\":1"),
        event("payer-one", first + hour, ",\"revenue\":10,\"session_id\":1"),
        event("payer-two", first, ",\"session_id\":2"), event("payer-two", first + 60 * hour, ",\"revenue\":20"),
        event("viewer-one", first, ""), event("payer-three", first + 72 * hour, ""),
        event("payer-three", first + 72 * hour + hour / 2, ",\"revenue\":5"),
    ]
    return "[\(events.joined(separator: ","))]"
}()

private let active = "{\"event_type\":\"_active\"}"

private func withServer(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    let server = try TestServer()
    try await server.application.test(.router) { client in
        #expect(try await client.post(events: events).status == 200)
        try await body(client)
    }
}

@Suite struct RetentionAnswerTests {
    private func ask(_ client: any TestClientProtocol, _ more: [(String, String)] = []) async throws -> AnswerBody {
        let range = [("start", "20240221"), ("end", "20240227")].filter { day in !more.contains { $0.0 == day.0 } }
        return try await client.answer(
            "retention",
            range + [("se", active), ("re", "{\"event_type\":\"_all\"}")] + more
        )
    }

    @Test("labels have their year, also the present one, and dates in ISO form beside them")
    func labels() async throws {
        try await withServer { client in
            let answer = try await ask(client)
            let dates = (21...27).reversed().map { "\"Feb \($0), 2024\"" }
            #expect(answer.at("data", "series", "0", "dates") == "[\(dates.joined(separator: ","))]")
            let times = (21...27).reversed().map { "\"2024-02-\($0)\"" }
            #expect(answer.at("data", "series", "0", "datetimes") == "[\(times.joined(separator: ","))]")
            #expect(answer.keys(at: "data", "series", "0", "values") == (21...27).map { "Feb \($0), 2024" })
            #expect(answer.at("data", "series", "0", "values", "Feb 24, 2024", "0") == cell(3, 3))
            #expect(answer.at("data", "seriesLabels") == "[\"\"]")
            #expect(answer.at("data", "seriesMeta") == "[{\"eventIndex\":0,\"segmentIndex\":0}]")

            let months = try await ask(client, [("i", "30"), ("start", "20240101"), ("end", "20240227")])
            #expect(months.at("data", "series", "0", "dates") == "[\"Feb 2024\",\"Jan 2024\"]")
            #expect(months.at("data", "series", "0", "datetimes") == "[\"2024-02-01\",\"2024-01-01\"]")
            let weeks = try await ask(client, [("i", "7"), ("start", "20231231"), ("end", "20240107")])
            #expect(weeks.at("data", "series", "0", "dates") == "[\"Jan 01, 2024\",\"Dec 25, 2023\"]")
        }
    }

    @Test("groups are the labels; cells of all rows together have ids of sets, the others none")
    func groups() async throws {
        try await withServer { client in
            let answer = try await ask(client, [("g", "country")])
            #expect(answer.at("data", "seriesLabels") == "[\"Chad\"]")
            #expect(
                answer.at("data", "series", "0", "combined", "0")
                    == "{\"count\":4,\"dropoffSetId\":\"\",\"incomplete\":false,\"outof\":4,\"retainedSetId\":\"\"}"
            )
            let none = "[{\"prop\":\"country\",\"op\":\"is not\",\"values\":[\"Chad\"]}]"
            let segments = try await ask(client, [("s", "[]"), ("s", none)])
            #expect(segments.at("data", "seriesLabels") == "[\"\",\"\"]")
        }
    }

    private func cell(_ count: Int, _ outOf: Int, isIncomplete: Bool = false) -> String {
        "{\"count\":\(count),\"incomplete\":\(isIncomplete),\"outof\":\(outOf)}"
    }
}

@Suite struct SessionAnswerTests {
    private let range = [("start", "20240224"), ("end", "20240225")]

    @Test("by day: moments of days, and the whole range's value")
    func days() async throws {
        try await withServer { client in
            // Sessions of an hour and of nothing; three people were active.
            for (path, series, whole) in [
                ("sessions/average", "[[1800,0]]", "1800"),
                ("sessions/peruser", "[[0.6666666666666666,0]]", "0.6666666666666666"),
            ] {
                let answer = try await client.answer(path, range)
                #expect(answer.keys(at: "data") == ["series", "seriesCollapsed", "seriesMeta", "xValues"])
                #expect(answer.at("data", "xValues") == "[\"2024-02-24T00:00:00\",\"2024-02-25T00:00:00\"]")
                #expect(answer.at("data", "series") == series)
                #expect(answer.at("data", "seriesCollapsed") == "[[{\"setId\":\"\",\"value\":\(whole)}]]")
                #expect(answer.at("data", "seriesMeta") == "[{\"segmentIndex\":0,\"sessionIndex\":0}]")
            }
        }
    }

    @Test("over the range each person counts once, and each session")
    func whole() async throws {
        try await withServer { client in
            // Four active people, one of them on two days; two sessions.
            let whole = try await client.answer("sessions/peruser", [("start", "20240224"), ("end", "20240227")])
            #expect(whole.at("data", "seriesCollapsed", "0", "0", "value") == "0.5")
            let nobody = try await client.answer("sessions/average", [("start", "20230224"), ("end", "20230225")])
            #expect(nobody.at("data", "series") == "[[0,0]]")
            #expect(nobody.at("data", "seriesCollapsed", "0", "0", "value") == "0")
        }
    }

    @Test("lengths: one series with its label; without sessions its bins are there, with zeros")
    func lengths() async throws {
        try await withServer { client in
            let answer = try await client.answer("sessions/length", range)
            #expect(answer.at("withSets") == "false")
            #expect(
                answer.keys(at: "data") == ["series", "seriesCollapsed", "seriesLabels", "seriesMeta", "xValues"]
            )
            #expect(answer.at("data", "series") == "[[1,0,0,0,0,0,0,0,1]]")
            #expect(answer.at("data", "seriesLabels") == "[0]")
            #expect(answer.at("data", "seriesMeta") == "[{\"segmentIndex\":0}]")
            #expect(answer.at("data", "seriesCollapsed") == "[[{\"setId\":\"\",\"value\":2}]]")

            let nobody = try await client.answer("sessions/length", [("start", "20230224"), ("end", "20230225")])
            #expect(nobody.at("data", "series") == "[[0,0,0,0,0,0,0,0,0]]")
            #expect(nobody.count(at: "data", "xValues") == 9)
        }
    }
}

@Suite struct EqualGroupsTests {
    @Test("groups of the same size stand in code-point order, (none) among them")
    func order() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let people = [("a", ""), ("b", "premium"), ("c", "!first"), ("d", "(none"), ("e", "(nonf")].map {
                name,
                plan in
                let properties = plan.isEmpty ? "{}" : "{\"plan\":\"\(plan)\"}"
                return "{\"user_id\":\"user-\(name)\",\"event_type\":\"A\",\"user_properties\":\(properties)}"
            }
            try await client.post(events: "[\(people.joined(separator: ","))]")
            let range = [("start", "20240301"), ("end", "20240301")]
            let order = "[\"!first\",\"(none\",\"(none)\",\"(nonf\",\"premium\"]"
            let composition = try await client.answer("composition", range + [("p", "gp:plan")])
            #expect(composition.at("data", "xValues") == order)
            for (path, more) in [
                ("users", []), ("users", [("m", "new")]), ("events/segmentation", [("e", active)]),
                ("retention", [("se", active), ("re", active)]), ("revenue/ltv", []),
            ] {
                let answer = try await client.answer(path, range + more + [("g", "gp:plan")])
                #expect(answer.at("data", "seriesLabels") == order, "\(path)")
            }
            let funnel = try await client.answer("funnels", range + [("e", active), ("e", active), ("g", "gp:plan")])
            let groups = (0..<5).map { funnel.at("data", "\($0)", "groupValue") }
            #expect("[\(groups.joined(separator: ","))]" == order)
        }
    }
}

@Suite struct NobodyInRangeTests {
    private static let long = [("start", "20231122"), ("end", "20231123")]

    @Test(
        "nobody in range, split by a property: one group of nobody, with zeros",
        arguments: [
            ("events/segmentation", [("e", active), ("g", "country")], "[[0,0]]", "[\"(none)\"]"),
            ("events/segmentation", [("e", active), ("g", "country"), ("g2", "os")], "[[0,0]]", "[\"(none); (none)\"]"),
            ("events/segmentation", [("e", active)], "[[0,0]]", "[0]"),
            (
                "events/segmentation", [("e", active), ("e2", active), ("g", "country")], "[[0,0],[0,0]]",
                "[[0,\"(none)\"],[1,\"(none)\"]]"
            ),
            (
                "events/segmentation", [("e", active), ("formula", "UNIQUES(A)"), ("g", "country")], "[[0,0]]",
                "[[0,\"(none)\"]]"
            ),
            (
                "events/segmentation",
                [("e", "{\"event_type\":\"A\",\"group_by\":[{\"type\":\"user\",\"value\":\"country\"}]}"), ("m", "sums")],
                "[[0,0]]", "[0]"
            ),
            (
                "events/segmentation",
                [("e", "{\"event_type\":\"A\",\"group_by\":[{\"type\":\"user\",\"value\":\"country\"}]}")],
                "[[0,0]]", "[[0,\"(none)\"]]"
            ),
            (
                "events/segmentation",
                [
                    ("e", "{\"event_type\":\"A\",\"group_by\":[{\"type\":\"user\",\"value\":\"country\"}]}"),
                    ("m", "histogram"),
                ], "[[0,0]]", "[[0,\"(none)\"]]"
            ),
            ("users", [("g", "country")], "[[0,0]]", "[\"(none)\"]"),
            ("users", [("g", "country"), ("m", "new")], "[[0,0]]", "[\"(none)\"]"), ("users", [], "[[0,0]]", "[0]"),
            ("revenue/day", [("g", "country")], "[[0,0]]", "[\"(none)\"]"),
            ("composition", [("p", "country")], "[[0]]", "[\"country\"]"),
        ] as [(String, [(String, String)], String, String)]
    )
    func zeros(_ path: String, _ parameters: [(String, String)], _ series: String, _ labels: String) async throws {
        try await withServer { client in
            let answer = try await client.answer(path, Self.long + parameters)
            #expect(answer.at("data", "series") == series)
            #expect(answer.at("data", "seriesLabels") == labels)
            for drill in ["{\"series\":0,\"index\":0}"] where !parameters.contains(where: { $0.0 == "formula" }) {
                let users = try await client.answer(path, Self.long + parameters + [("drill", drill)])
                #expect(users.at("data", "count") == "0", "\(path)")
                #expect(users.at("data", "users") == "[]")
            }
        }
    }
}

@Suite struct LabelsOfFormulasTests {
    @Test(
        "groups of a formula have their segment's number beside them",
        arguments: [
            ([("e", active), ("g", "country")], "[[0,\"Chad\"]]"),
            ([("e", active), ("e2", active), ("g", "country")], "[[0,\"Chad\"]]"),
            (
                [("e", "{\"event_type\":\"_active\",\"group_by\":[{\"type\":\"user\",\"value\":\"country\"}]}"), ("s", "[]"), ("s", "[]")],
                "[[0,\"Chad\"],[1,\"Chad\"]]"
            ), ([("e", active)], "[0]"), ([("e", active), ("s", "[]"), ("s", "[]")], "[0,1]"),
        ]
    )
    func labels(_ parameters: [(String, String)], _ labels: String) async throws {
        try await withServer { client in
            let range = [("start", "20240224"), ("end", "20240224")]
            let answer = try await client.answer("events/segmentation", range + parameters + [("formula", "UNIQUES(A)*2")])
            #expect(answer.at("data", "seriesLabels") == labels)
        }
    }
}

@Suite struct HistogramAnswerTests {
    @Test("over whole numbers each bin is labelled with its first and its last")
    func whole() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let sizes = [1, 3, 4, 25].map { "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"event_properties\":{\"size\":\($0)}}" }
            try await client.post(events: "[\(sizes.joined(separator: ","))]")
            let answer = try await client.answer(
                "events/segmentation",
                [
                    ("start", "20240301"), ("end", "20240301"), ("m", "histogram"),
                    ("e", "{\"event_type\":\"A\",\"group_by\":[{\"type\":\"event\",\"value\":\"size\"}]}"),
                ]
            )
            let labels = stride(from: 1, to: 26, by: 3).map { "[0,\"\($0)-\($0 + 2)\"]" }
            #expect(answer.at("data", "seriesLabels") == "[\(labels.joined(separator: ","))]")
            #expect(answer.at("data", "series") == "[[2],[1],[0],[0],[0],[0],[0],[0],[1]]")
        }
    }
}
