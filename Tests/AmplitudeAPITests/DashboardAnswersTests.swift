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

    @Test("a row ends with today's cell, all together with that of the longest", arguments: ["n-day", "rolling"])
    func ragged(mode: String) async throws {
        try await withServer { client in
            let answer = try await ask(client, [("rm", mode)])
            let cells = (21...27).map { answer.count(at: "data", "series", "0", "values", "Feb \($0), 2024") }
            #expect(cells == [11, 10, 9, 8, 7, 6, 5])
            #expect(answer.count(at: "data", "series", "0", "combined") == 11)
            // Whoever came last may come back today and on the day before.
            let row = (0..<5).map { answer.at("data", "series", "0", "values", "Feb 27, 2024", "\($0)", "incomplete") }
            #expect(row == ["false", "false", "false", "true", "true"])
            let weeks = try await ask(client, [("i", "7"), ("start", "20240210"), ("end", "20240301"), ("rm", mode)])
            let lengths = ["05", "12", "19", "26"].map {
                weeks.count(at: "data", "series", "0", "values", "Feb \($0), 2024")
            }
            #expect(lengths == [4, 4, 3, 2])
            let future = try await ask(client, [("start", "20240301"), ("end", "20240302")])
            #expect(future.count(at: "data", "series", "0", "values", "Mar 02, 2024") == 1)
            #expect(future.count(at: "data", "series", "0", "combined") == 2)
        }
    }

    @Test("brackets that have not begun are not sent")
    func brackets() async throws {
        try await withServer { client in
            let answer = try await ask(client, [("rm", "bracket"), ("rb", "[[0,2],[3,4],[4,30],[9,12]]")])
            let cells = [21, 22, 26, 27].map { answer.count(at: "data", "series", "0", "values", "Feb \($0), 2024") }
            #expect(cells == [5, 4, 4, 3])
            #expect(answer.count(at: "data", "series", "0", "combined") == 5)
        }
    }

    @Test("where no row is over, all together counts what is there, and is incomplete")
    func combined() async throws {
        try await withServer { client in
            let answer = try await ask(client, [("start", "20240227"), ("end", "20240227")])
            let cells = (0..<5).map { index in
                ["count", "outof", "incomplete"].map {
                    answer.at("data", "series", "0", "combined", "\(index)", $0)
                }.joined(separator: " ")
            }
            #expect(cells == ["1 1 false", "1 1 false", "0 1 false", "0 1 true", "0 1 true"])
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
            (
                "events/segmentation", [("e", active), ("g", "country"), ("g2", "os")], "[[0,0]]",
                "[\"(none); (none)\"]"
            ),
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
                [
                    ("e", "{\"event_type\":\"A\",\"group_by\":[{\"type\":\"user\",\"value\":\"country\"}]}"),
                    ("m", "sums"),
                ],
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

    @Test("a funnel that nobody enters has one group, with zeros")
    func funnels() async throws {
        try await withServer { client in
            let byCountry = "{\"event_type\":\"_active\",\"group_by\":[{\"type\":\"user\",\"value\":\"country\"}]}"
            for parameters in [
                [("e", active), ("e", active), ("g", "country")], [("e", active), ("e", byCountry)],
                [("e", active), ("e", active)],
            ] {
                let answer = try await client.answer("funnels", Self.long + parameters)
                #expect(answer.count(at: "data") == 1)
                #expect(answer.at("numSeries") == "1")
                #expect(answer.at("data", "0", "cumulativeRaw") == "[0,0]")
                let isSplit = parameters.count == 3 || parameters[1].1 == byCountry
                #expect(answer.at("data", "0", "groupValue") == (isSplit ? "\"(none)\"" : "\"\""))
                let drill = [("drill", "{\"series\":0,\"step\":0}")]
                let users = try await client.answer("funnels", Self.long + parameters + drill)
                #expect(users.at("data", "count") == "0")
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
                [
                    ("e", "{\"event_type\":\"_active\",\"group_by\":[{\"type\":\"user\",\"value\":\"country\"}]}"),
                    ("s", "[]"), ("s", "[]"),
                ],
                "[[0,\"Chad\"],[1,\"Chad\"]]"
            ), ([("e", active)], "[0]"), ([("e", active), ("s", "[]"), ("s", "[]")], "[0,1]"),
        ]
    )
    func labels(_ parameters: [(String, String)], _ labels: String) async throws {
        try await withServer { client in
            let range = [("start", "20240224"), ("end", "20240224")]
            let answer = try await client.answer(
                "events/segmentation",
                range + parameters + [("formula", "UNIQUES(A)*2")]
            )
            #expect(answer.at("data", "seriesLabels") == labels)
        }
    }
}

@Suite struct HistogramAnswerTests {
    @Test("over whole numbers each bin is labelled with its first and its last")
    func whole() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let sizes = [1, 3, 4, 25].map {
                "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"event_properties\":{\"size\":\($0)}}"
            }
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

@Suite struct LifetimeValueAnswerTests {
    private let range = [("start", "20240224"), ("end", "20240301")]
    private static let days = (1...180).map { "r\($0)d" }
    private static let new = [1, 2, 3, 4, 5, 6, 7, 14, 30, 60, 90, 120, 180].map { "r\($0)new" }

    @Test("keys and labels as recorded")
    func shape() async throws {
        try await withServer { client in
            let answer = try await client.answer("revenue/ltv", range)
            #expect(answer.keys(at: "data") == ["series", "seriesLabels", "seriesMeta"])
            #expect(answer.at("data", "seriesLabels") == "[0]")
            #expect(answer.at("data", "seriesMeta") == "[{\"segmentIndex\":0}]")
            let labels = ["Feb 24", "Feb 25", "Feb 26", "Feb 27", "Feb 28", "Feb 29", "Mar 01"]
            let dates = labels.reversed().map { "\"\($0)\"" }.joined(separator: ",")
            #expect(answer.at("data", "series", "0", "dates") == "[\(dates)]")
            #expect(answer.keys(at: "data", "series", "0", "values") == labels)
            #expect(answer.keys(at: "data", "series", "0", "complete") == labels)
            let row = Set(Self.days + Self.new + ["count", "paid", "total_amount"])
            #expect(Set(answer.keys(at: "data", "series", "0", "values", "Feb 24")) == row)
            #expect(Set(answer.keys(at: "data", "series", "0", "complete", "Feb 24")) == Set(Self.days))
            #expect(Set(answer.keys(at: "data", "series", "0", "combined")) == Set(Self.days + ["count", "paid"]))
            #expect(Set(answer.keys(at: "data", "series", "0", "combined_complete")) == Set(Self.days))
            let projected = Set((1...90).map { String($0) })
            #expect(Set(answer.keys(at: "data", "series", "0", "combined_projected")) == projected)

            let grouped = try await client.answer("revenue/ltv", range + [("g", "country")])
            #expect(grouped.at("data", "seriesLabels") == "[\"Chad\"]")
            let segments = try await client.answer("revenue/ltv", range + [("s", "[]"), ("s", "[]")])
            #expect(segments.at("data", "seriesLabels") == "[0,1]")
            #expect(segments.at("data", "seriesMeta") == "[{\"segmentIndex\":0},{\"segmentIndex\":1}]")
        }
    }

    @Test("labels of other years have the year, those of months always")
    func labels() async throws {
        try await withServer { client in
            let days = try await client.answer("revenue/ltv", [("start", "20231231"), ("end", "20240101")])
            #expect(days.at("data", "series", "0", "dates") == "[\"Jan 01\",\"Dec 31, 2023\"]")
            let weeks = try await client.answer(
                "revenue/ltv",
                [("start", "20240229"), ("end", "20240229"), ("i", "7")]
            )
            #expect(weeks.at("data", "series", "0", "dates") == "[\"Feb 26\"]")
            let months = try await client.answer(
                "revenue/ltv",
                [("start", "20240224"), ("end", "20240301"), ("i", "30")]
            )
            #expect(months.at("data", "series", "0", "dates") == "[\"Mar 2024\",\"Feb 2024\"]")
        }
    }

    @Test("a row: who paid when, for the first time, and what")
    func row() async throws {
        try await withServer { client in
            let answer = try await client.answer("revenue/ltv", range + [("m", "2")])
            func cell(_ key: String, _ row: String = "Feb 24") -> String {
                answer.at("data", "series", "0", "values", row, key)
            }
            #expect(Self.new.map { cell($0) } == ["1", "0", "1"] + Array(repeating: "0", count: 10))
            #expect(Self.new.map { cell($0, "Feb 27") } == ["1"] + Array(repeating: "0", count: 12))
            #expect(["count", "paid", "total_amount"].map { cell($0) } == ["3", "2", "30"])
            #expect((1...6).map { cell("r\($0)d") } == ["10", "10", "30", "30", "30", "30"])
            #expect(["r7d", "r8d", "r180d"].map { cell($0) } == ["0", "0", "0"], "that day began six days ago")
            #expect((1...4).map { cell("r\($0)d", "Feb 27") } == ["5", "5", "5", "0"])

            func combined(_ key: String) -> String { answer.at("data", "series", "0", "combined", key) }
            #expect(["count", "paid"].map { combined($0) } == ["4", "3"])
            // Of the second day's one person, whose day began three days ago, nothing from the fourth day on.
            #expect((1...7).map { combined("r\($0)d") } == ["15", "15", "35", "30", "30", "30", "0"])
            let projected = ["1", "3", "6", "7", "90"].map {
                answer.at("data", "series", "0", "combined_projected", $0)
            }
            #expect(projected == ["15", "35", "30", "30", "30"])
        }
    }

    @Test("a row is complete so many days after its day began; all together if any row is")
    func complete() async throws {
        try await withServer { client in
            let answer = try await client.answer("revenue/ltv", range)
            func complete(_ path: String...) -> Int {
                (1...180).count { day in
                    let value =
                        path.count == 1
                        ? answer.at("data", "series", "0", path[0], "r\(day)d")
                        : answer.at("data", "series", "0", path[0], path[1], "r\(day)d")
                    return value == "true"
                }
            }
            #expect(complete("complete", "Feb 24") == 6)
            #expect(complete("complete", "Feb 29") == 1)
            #expect(complete("complete", "Mar 01") == 0)
            #expect(complete("combined_complete") == 6)
            // A week that the range cuts begins with the range.
            let weeks = try await client.answer(
                "revenue/ltv",
                [("start", "20240224"), ("end", "20240225"), ("i", "7")]
            )
            let keys = ["r6d", "r7d"].map { weeks.at("data", "series", "0", "complete", "Feb 19", $0) }
            #expect(keys == ["true", "false"])
        }
    }

    @Test(
        "by person, by paying person, and people who paid",
        arguments: [("0", "3.75"), ("1", "5"), ("2", "15"), ("3", "2")]
    )
    func metrics(_ metric: String, _ value: String) async throws {
        try await withServer { client in
            // On their first day two of four people, and of three who ever paid, paid 15.
            let answer = try await client.answer("revenue/ltv", range + [("m", metric)])
            #expect(answer.at("data", "series", "0", "combined", "r1d") == value)
        }
    }

    @Test("nobody in range, split by a property: one group of nobody")
    func nobody() async throws {
        try await withServer { client in
            for path in ["revenue/ltv", "retention"] {
                let more = path == "retention" ? [("se", active), ("re", active)] : []
                let asked = [("start", "20231122"), ("end", "20231123"), ("g", "country")] + more
                let answer = try await client.answer(path, asked)
                #expect(answer.at("data", "seriesLabels") == "[\"(none)\"]")
                #expect(answer.count(at: "data", "series", "0", "dates") == 2)
                let key = path == "retention" ? "\"interval\":0" : "\"key\":\"r1d\""
                let users = try await client.answer(path, asked + [("drill", "{\"series\":0,\(key)}")])
                #expect(users.at("data", "count") == "0")
            }
        }
    }
}
