import HummingbirdTesting
import Testing

/// The server's present day is 2024-03-01. On 02-28 three people search; two of them select two minutes later; one of these
/// pays 5, and then 7, another minute later.
private let events: String = {
    // 2024-02-28T12:00Z
    let noon: Int64 = 1_709_121_600_000
    func event(_ user: String, _ type: String, _ minutes: Int64, _ more: String = "") -> String {
        "{\"user_id\":\"\(user)\",\"event_type\":\"\(type)\",\"time\":\(noon + minutes * 60_000)\(more)}"
    }
    func search(_ user: String, _ city: String, _ plan: String, _ team: String) -> String {
        event(
            user,
            "Search",
            0,
            ",\"city\":\"\(city)\",\"user_properties\":{\"plan\":\"\(plan)\"},"
                + "\"event_properties\":{\"team\":\"\(team)\",\"tags\":[\"x\",\"y\"]}"
        )
    }
    let all = [
        search("user0001", "Berlin", "free", "red"), search("user0002", "Berlin", "free", "red"),
        search("user0003", "Paris", "paid", "blue"),
        event("user0001", "Select", 2, ",\"event_properties\":{\"room\":\"small\"}"),
        event("user0003", "Select", 2, ",\"event_properties\":{\"room\":\"large\"}"),
        event("user0003", "Pay", 3, ",\"revenue\":5,\"event_properties\":{\"method\":\"card\"}"),
        event("user0003", "Pay", 4, ",\"revenue\":7,\"event_properties\":{\"method\":\"cash\"}"),
    ]
    return "[\(all.joined(separator: ","))]"
}()

private let range = [("start", "20240228"), ("end", "20240228")]

private func step(_ type: String, by properties: (kind: String, name: String)...) -> (String, String) {
    let groupBy = properties.map { "{\"type\":\"\($0.kind)\",\"value\":\"\($0.name)\"}" }
    return ("e", "{\"event_type\":\"\(type)\",\"group_by\":[\(groupBy.joined(separator: ","))]}")
}

private let steps = [step("Search"), step("Select"), step("Pay")]

private func withServer(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    let server = try TestServer()
    try await server.application.test(.router) { client in
        #expect(try await client.post(events: events).status == 200)
        try await body(client)
    }
}

@Suite struct FunnelsByTwoPropertiesTests {
    @Test(
        "the group is both values, in the order sent",
        arguments: [
            (
                steps + [("g", "city"), ("g2", "gp:plan")],
                ["Berlin; free [2,1,0]", "Paris; paid [1,1,1]"]
            ),
            (
                steps + [("g", "gp:plan"), ("g", "city")],
                ["free; Berlin [2,1,0]", "paid; Paris [1,1,1]"]
            ),
            (
                [step("Search", by: ("event", "team"), ("user", "city")), step("Select"), step("Pay")],
                ["red; Berlin [2,1,0]", "blue; Paris [1,1,1]"]
            ),
            // What splits the whole comes first, wherever it stands.
            (
                [step("Search", by: ("event", "team")), step("Select"), step("Pay"), ("g", "city")],
                ["Berlin; red [2,1,0]", "Paris; blue [1,1,1]"]
            ),
            // A list is in the group of each of its elements.
            (
                [step("Search"), step("Pay"), ("g", "tags"), ("g2", "city")],
                ["x; Berlin [2,0]", "y; Berlin [2,0]", "x; Paris [1,1]", "y; Paris [1,1]"]
            ),
        ]
    )
    func both(_ parameters: [(String, String)], _ groups: [String]) async throws {
        #expect(try await self.groups(parameters) == groups)
    }

    @Test("who came to none of the steps that split is in the last group; a half of a name says it of one of them")
    func didNotReach() async throws {
        #expect(
            try await groups([
                step("Search"), step("Select", by: ("event", "room")), step("Pay", by: ("event", "method")),
            ]) == ["large; card [1,1,1]", "small; (did not reach) [1,1,0]", "(did not reach) [1,0,0]"]
        )
        #expect(
            try await groups([
                step("Search", by: ("event", "team")), step("Select", by: ("event", "room")), step("Pay"),
            ])
                == ["blue; large [1,1,1]", "red; (did not reach) [1,0,0]", "red; small [1,1,0]"]
        )
        #expect(
            try await groups([step("Search"), step("Select", by: ("event", "room")), step("Pay")])
                == ["large [1,1,1]", "small [1,1,0]", "(did not reach) [1,0,0]"]
        )
    }

    @Test("where nobody enters there is one group, of zeros")
    func nobody() async throws {
        let parameters = [step("Never", by: ("user", "city")), step("Pay", by: ("event", "method"))]
        try await withServer { client in
            #expect(try await client.refusal("funnels", range + parameters).contains("\"Never\""))
            let early = [("start", "20240201"), ("end", "20240201")]
            let answer = try await client.answer("funnels", early + steps + [("g", "city"), ("g2", "gp:plan")])
            #expect(answer.count(at: "data") == 1)
            #expect(answer.at("data", "0", "groupValue") == "\"(none); (none)\"")
            #expect(answer.at("data", "0", "cumulativeRaw") == "[0,0,0]")
        }
    }

    @Test(
        "by three properties no funnel is split",
        arguments: [
            (steps + [("g", "city"), ("g", "country"), ("g", "platform")], "send two properties at most: g and g2"),
            (
                steps + [("g", "city"), ("g2", "country"), step("Pay", by: ("event", "method"))],
                "a funnel can be split by two properties at most: g, g2 and every \"group_by\" in e together"
            ),
            (
                [
                    step("Search", by: ("event", "team"), ("user", "city")), step("Pay", by: ("event", "method")),
                ], "a funnel can be split by two properties at most: g, g2 and every \"group_by\" in e together"
            ),
        ]
    )
    func three(_ parameters: [(String, String)], _ sentence: String) async throws {
        try await withServer { client in
            let refusal = try await client.refusal("funnels", range + parameters)
            #expect(refusal.hasPrefix(sentence), "\(refusal)")
        }
    }

    /// Of each group: its name and how many came to each step.
    private func groups(_ parameters: [(String, String)]) async throws -> [String] {
        let server = try TestServer()
        return try await server.application.test(.router) { client in
            #expect(try await client.post(events: events).status == 200)
            let answer = try await client.answer("funnels", range + parameters)
            return (0..<(answer.count(at: "data") ?? 0)).map { index in
                let name = answer.at("data", String(index), "groupValue").dropFirst().dropLast()
                return "\(name) \(answer.at("data", String(index), "cumulativeRaw"))"
            }
        }
    }
}

@Suite struct RevenueInBinsTests {
    @Test(
        "the bins of a step say what its events brought in",
        arguments: [
            // The first payment is the step's, a minute after the selection and three after the search.
            ("stepTransTimeDistribution", steps, ["", "", "from 60000: 5", "from 180000: 5"]),
            ("stepPrevStepCountDistribution", steps, ["", "", "from 1: 5"]),
            (
                "stepTransTimeDistribution", [step("Pay"), step("Pay")],
                ["from 0: 5", "from 60000: 7", "from 60000: 7"]
            ),
            // Where nothing was paid, there are zeros.
            ("stepTransTimeDistribution", [step("Search"), step("Select")], ["", "", ""]),
        ]
    )
    func sums(_ distribution: String, _ steps: [(String, String)], _ wanted: [String]) async throws {
        try await withServer { client in
            let answer = try await client.answer("funnels", range + steps)
            let lists = ["data", "0", distribution, "step_bins"]
            let sums = (0..<(answer.count(at: lists) ?? 0)).map { step in
                let bins = lists + [String(step), "bins"]
                return (0..<(answer.count(at: bins) ?? 0)).compactMap { bin in
                    let sum = answer.at(bins + [String(bin), "bin_dist", "propsum"])
                    return sum == "0" ? nil : "from \(answer.at(bins + [String(bin), "start"])): \(sum)"
                }.joined(separator: ", ")
            }
            #expect(sums == wanted)
        }
    }
}
