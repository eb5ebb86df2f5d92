import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Ingestion
import Storage
import Testing

@testable import AmplitudeAPI

/// Cohorts of all for whom a rule holds. Now is noon of 1 March 2024.
@Suite struct CohortRulesTests {
    private static let path = "/api/3/cohorts"

    /// Ann is 1, Bob 2, Cid 3, Dora 4. On the day before: Ann and Dora have bought, Ann and Bob looked. Cid bought in January.
    private static let events = """
        [{"user_id":"ann-user","event_type":"View","time":1709208000000},
         {"user_id":"bob-user","event_type":"View","time":1709208000000,"user_properties":{"plan":"pro"}},
         {"user_id":"cid-user","event_type":"Buy","time":1704110400000,"event_properties":{"amount":5}},
         {"user_id":"dora-user","event_type":"Buy","time":1709208000000,"event_properties":{"amount":20}},
         {"user_id":"ann-user","event_type":"Buy","time":1709208060000,"event_properties":{"amount":30}}]
        """

    private static func bought(_ days: Int = 30) -> String {
        """
        {"type":"event","type_value":"Buy","operator":">=","operator_value":1,"time_type":"rolling","time_value":\(days)}
        """
    }

    private static let bobBuys =
        "[{\"user_id\":\"bob-user\",\"event_type\":\"Buy\",\"time\":1709290000000,\"event_properties\":{\"amount\":1}}]"

    private func with(
        clock: TestClock = TestClock(),
        _ body: @escaping @Sendable (any TestClientProtocol, TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer(clock: clock)
        try await server.application.test(.router) { client in
            let status = try await client.post(events: Self.events).status
            #expect(status == 200)
            try await body(client, server)
        }
    }

    /// - Parameters:
    ///   - clauses: of one group.
    ///   - rest: further groups.
    private func body(_ clauses: String, _ rest: String = "", name: String = "Buyers") -> String {
        "{\"name\":\"\(name)\",\"definition\":{\"andClauses\":[{\"negated\":false,\"orClauses\":[\(clauses)]}\(rest)]}}"
    }

    private func id(_ body: String) -> String {
        body.firstMatch(of: /"id":"([a-z0-9]{8})"/).map { String($0.1) } ?? body
    }

    private func make(_ client: any TestClientProtocol, _ clauses: String, _ rest: String = "") async throws -> String {
        let (status, answer) = try await client.request(.post, Self.path, body(clauses, rest))
        #expect(status == 200, "\(answer)")
        return id(answer)
    }

    /// Their Amplitude IDs.
    private func people(_ client: any TestClientProtocol, _ id: String) async throws -> String {
        let (_, body) = try await client.get("\(Self.path)/\(id)")
        return body.firstMatch(of: /"amplitude_ids":\[([0-9,]*)\]/).map { String($0.1) } ?? body
    }

    @Test("it is made, listed, read under both paths, changed and removed; its definition is told as it is understood")
    func life() async throws {
        try await with { client, _ in
            let (_, made) = try await client.request(.post, Self.path, body(Self.bought()))
            let clause = """
                {"type":"event","type_value":"Buy","filters":[],"group_by":[],"metric":null,"operator":">=",\
                "operator_value":1,"time_type":"rolling","time_value":30,"offset":0,"interval":1,\
                "exclude_current_interval":false}
                """
            let definition = """
                "definition":{"version":3,"countGroup":{"name":"User","is_computed":false},"cohortType":"UNIQUES",\
                "andClauses":[{"negated":false,"orClauses":[\(clause)]}],"referenceFrameTimeParams":{},\
                "orClauses":[[\(clause)]]},"description":null
                """
            #expect(
                made.hasPrefix("{\"cohort\":{\"appId\":1,\"archived\":false,\(definition)")
                    && made.hasSuffix("\"size\":2}}")
            )
            let id = id(made)
            let one = String(made.dropFirst("{\"cohort\":".count).dropLast())
            #expect(try await client.get(Self.path).body == "{\"cohorts\":[\(one)]}")
            #expect(try await client.get("/api/v1/cohorts").body == "{\"data\":[\(one)]}")
            #expect(try await client.get("/api/v1/cohorts/\(id)").body == "{\"data\":\(one)}")
            #expect(
                try await client.get("\(Self.path)/\(id)").body
                    == "{\"cohort\":\(one),\"amplitude_ids\":[1,4],\"user_ids\":[\"ann-user\",\"dora-user\"]}"
            )
            // What was told can be sent.
            let sent = "{\(definition.replacing(",\"description\":null", with: ""))}"
            #expect(try await client.request(.put, "\(Self.path)/\(id)", sent).body == made)
            let renamed = try await client.request(.put, "/api/v1/cohorts/\(id)", "{\"name\":\"All\"}").body
            #expect(renamed == "{\"data\":\(one.replacing("Buyers", with: "All"))}")
            let other = try await client.request(.put, "\(Self.path)/\(id)", body(Self.bought(90)))
            #expect(other.body.contains("\"time_value\":90,") && other.body.hasSuffix("\"size\":3}}"))
            #expect(try await people(client, id) == "1,3,4")
            #expect(try await client.request(.delete, "/api/v1/cohorts/\(id)", "").status == 204)
            #expect(try await client.get("\(Self.path)/\(id)").status == 404)
            let again = try await client.request(.post, "/api/v1/cohorts", body(Self.bought()))
            #expect(again.status == 201 && again.body.hasPrefix("{\"data\":{\"appId\":1,"))
            #expect(
                try await client.request(.delete, "\(Self.path)/\(self.id(again.body))", "").body
                    == "{\"success\":true}"
            )
        }
    }

    @Test("its people are those of the moment: after an event, after a login, and when a day begins")
    func moments() async throws {
        let clock = TestClock()
        try await with(clock: clock) { client, _ in
            let id = try await make(client, Self.bought())
            #expect(try await people(client, id) == "1,4")
            try await client.post(events: Self.bobBuys)
            #expect(try await people(client, id) == "1,2,4")
            let anonymous =
                "[{\"device_id\":\"phone-e\",\"event_type\":\"Buy\",\"time\":1709290000000,\"event_properties\":{\"amount\":1}}]"
            try await client.post(events: anonymous)
            #expect(try await people(client, id) == "1,2,4,5")
            try await client.post(
                events:
                    "[{\"user_id\":\"cid-user\",\"device_id\":\"phone-e\",\"event_type\":\"View\",\"time\":1709290000000}]"
            )
            #expect(try await people(client, id) == "1,2,3,4", "the anonymous one is Cid")
            // 29 days on, the day before 1 March is the first of the thirty.
            clock.goOn(28 * 86_400_000)
            #expect(try await people(client, id) == "1,2,3,4")
            clock.goOn(86_400_000)
            #expect(try await people(client, id) == "2,3")
        }
    }

    @Test("exclusions win; other cohorts, properties and sums are clauses")
    func clauses() async throws {
        try await with { client, _ in
            let viewed = """
                {"type":"event","type_value":"View","operator":">=","operator_value":1,"time_type":"ever"}
                """
            let id = try await make(client, Self.bought(), ",{\"negated\":true,\"orClauses\":[\(viewed)]}")
            #expect(try await people(client, id) == "4")
            let none = """
                {"type":"event","type_value":"Buy","operator":"=","operator_value":0,"time_type":"ever"}
                """
            #expect(try await people(client, make(client, none)) == "", "nobody is found by what was not done")
            let inner = "{\"type\":\"cohort\",\"type_value\":\"\(id)\"}"
            let both = try await make(client, "\(inner),\(viewed)")
            #expect(try await people(client, both) == "1,2,4")
            let plan = """
                {"type":"property","when":"most_recently","filters":[{"subprop_type":"user","subprop_key":"plan",\
                "subprop_op":"is","subprop_value":["pro"]}]}
                """
            #expect(try await people(client, make(client, plan)) == "2")
            let sum = """
                {"type":"event","type_value":"Buy","metric":"sum","property":{"type":"event","value":"amount"},\
                "operator":"<","operator_value":25,"time_type":"ever"}
                """
            #expect(try await people(client, make(client, sum)) == "3,4")
            // What others stand in can go; then they cannot be asked, but changed.
            _ = try await client.request(.delete, "\(Self.path)/\(id)", "")
            let (status, answer) = try await client.get("\(Self.path)/\(both)")
            #expect(status == 400 && answer.contains("There is no cohort with the id \\\"\(id)\\\""))
            let profile = try await client.get("/v1/userprofile?user_id=bob-user&get_cohort_ids=true")
            #expect(profile.status == 200 && !profile.body.contains(both), "which keeps no profile from being told")
            #expect(try await client.request(.put, "\(Self.path)/\(both)", body(viewed)).status == 200)
            #expect(try await people(client, both) == "1,2")
        }
    }

    @Test("questions of all kinds count its people alone, and the people of their cells are among them")
    func questions() async throws {
        try await with { client, _ in
            let id = try await make(client, Self.bought())
            let segment = "[{\"prop\":\"userdata_cohort\",\"op\":\"is\",\"values\":[\"\(id)\"]}]"
            let others = segment.replacing("\"is\"", with: "\"is not\"")
            let range = [("start", "20240229"), ("end", "20240229")]
            let view = ("e", "{\"event_type\":\"View\"}")
            func ask(_ path: String, _ parameters: [(String, String)]) async throws -> String {
                let query = (range + parameters).map { name, value in
                    "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
                }.joined(separator: "&")
                let (status, body) = try await client.get("/api/2/\(path)?\(query)")
                #expect(status == 200, "\(body)")
                return body
            }
            #expect(try await ask("events/segmentation", [view, ("s", segment)]).contains("\"series\":[[1]]"))
            #expect(try await ask("events/segmentation", [view, ("s", others)]).contains("\"series\":[[1]]"))
            #expect(try await ask("events/segmentation", [view]).contains("\"series\":[[2]]"))
            let cell = ("drill", "{\"series\":0,\"index\":0}")
            #expect(
                try await ask("events/segmentation", [view, ("s", segment), cell])
                    .contains("\"count\":1,\"users\":[{\"amplitude_id\":1,")
            )
            #expect(
                try await ask("events/segmentation", [view, ("s", others), cell])
                    .contains("\"count\":1,\"users\":[{\"amplitude_id\":2,")
            )
            let steps = [view, ("e", "{\"event_type\":\"Buy\"}")]
            #expect(try await ask("funnels", steps + [("s", segment)]).contains("\"cumulativeRaw\":[1,1]"))
            #expect(try await ask("funnels", steps + [("s", others)]).contains("\"cumulativeRaw\":[1,0]"))
            let retention = [("se", "{\"event_type\":\"_active\"}"), ("re", "{\"event_type\":\"_active\"}")]
            let kept = try await ask("retention", retention + [("s", segment)])
            #expect(kept.contains("\"outof\":2") && !kept.contains("\"outof\":3"), "\(kept)")
        }
    }

    @Test("a download is what it was when it was asked for")
    func download() async throws {
        try await with { client, _ in
            let id = try await make(client, Self.bought())
            let (status, asked) = try await client.get("/api/5/cohorts/request/\(id)?propKeys=plan")
            #expect(status == 202)
            let request = asked.firstMatch(of: /"request_id":"([a-z0-9]{8})"/).map { String($0.1) } ?? ""
            try await client.post(events: Self.bobBuys)
            #expect(try await people(client, id) == "1,2,4")
            let file = try await client.get("/api/5/cohorts/request/\(request)/file").body
            #expect(file == "amplitude_id,user_id,plan\r\n1,ann-user,\r\n4,dora-user,\r\n")
        }
    }

    @Test("who is deleted is in none from then on; profiles tell the cohorts of a person")
    func deleted() async throws {
        try await with { client, server in
            let id = try await make(client, Self.bought())
            let everybody = "{\"type\":\"new_active\",\"type_value\":\"active\",\"time_type\":\"ever\"}"
            let all = try await make(client, everybody)
            let excluding = try await make(client, everybody, ",{\"negated\":true,\"orClauses\":[\(Self.bought())]}")
            #expect(try await people(client, all) == "1,2,3,4")
            #expect(try await people(client, excluding) == "2,3")
            func cohorts(_ user: String) async throws -> String {
                let body = try await client.get("/v1/userprofile?user_id=\(user)&get_cohort_ids=true").body
                return body.firstMatch(of: /"cohort_ids":(\[[^\]]*\])/).map { String($0.1) } ?? body
            }
            func list(_ ids: String...) -> String { "[\(ids.sorted().map { "\"\($0)\"" }.joined(separator: ","))]" }
            #expect(try await cohorts("dora-user") == list(id, all))
            #expect(try await cohorts("bob-user") == list(all, excluding))
            let project = try #require(await server.project(withAPIKey: TestServer.apiKey))
            _ = try await project.writer.delete([UserKey(4)], for: "test", grace: .seconds(3600))
            #expect(try await people(client, id) == "1")
            #expect(try await people(client, all) == "1,2,3")
            #expect(try await client.get("\(Self.path)/info/\(id)").body.contains("\"size\":1,"))
            let asked = try await client.get("/api/5/cohorts/request/\(id)").body
            let request = asked.firstMatch(of: /"request_id":"([a-z0-9]{8})"/).map { String($0.1) } ?? ""
            let file = try await client.get("/api/5/cohorts/request/\(request)/file").body
            #expect(file == "amplitude_id,user_id\r\n1,ann-user\r\n")
        }
    }

    @Test("whoever is mapped to somebody is that person, in counts and in profiles")
    func mapped() async throws {
        try await with { client, _ in
            let id = try await make(client, Self.bought())
            let mapping = "[{\"user_id\":\"bob-user\",\"global_user_id\":\"ann-user\"}]"
            let escaped = mapping.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let address = "/usermap?api_key=\(TestServer.apiKey)&mapping=\(escaped)"
            let (status, answer) = try await client.request(.post, address, "")
            #expect(status == 200, "\(answer)")
            #expect(try await people(client, id) == "1,4")
            for user in ["ann-user", "bob-user"] {
                let profile = try await client.get("/v1/userprofile?user_id=\(user)&get_cohort_ids=true").body
                #expect(profile.contains("\"cohort_ids\":[\"\(id)\"]"), "\(user): \(profile)")
            }
        }
    }

    @Test("what cannot be asked is not made; people of a rule are on no list")
    func mistakes() async throws {
        try await with { client, _ in
            func refuse(_ body: String, _ sentence: String) async throws {
                for path in [Self.path, "/api/v1/cohorts"] {
                    let (status, answer) = try await client.request(.post, path, body)
                    #expect(status == 400 && answer.contains(sentence), "\(answer)")
                }
            }
            try await refuse("{\"name\":\"x\"}", "definition is required")
            try await refuse("{\"definition\":{}}", "definition.andClauses must be")
            try await refuse("{\"name\":\"x\",\"definition\":null}", "definition must be an object")
            try await refuse(body("{\"type\":\"x\"}"), "definition.andClauses[0].orClauses[0].type must be one of")
            try await refuse(body(Self.bought().replacing("Buy", with: "Bux")), "Did you mean \\\"Buy\\\"?")
            try await refuse(body(Self.bought().replacing("Buy", with: "ce:Buy")), "There is no custom event")
            try await refuse(body("{\"type\":\"cohort\",\"type_value\":\"zzzzzzzz\"}"), "which there is not")
            let sum = """
                {"type":"event","type_value":"Buy","metric":"sum","property":{"type":"event","value":"plan"},\
                "operator":"<","operator_value":25,"time_type":"ever"}
                """
            try await refuse(body(sum), "\\\"plan\\\" is a user property")
            #expect(try await client.get(Self.path).body == "{\"cohorts\":[]}", "nothing was made")

            let id = try await make(client, Self.bought())
            let outer = try await make(client, "{\"type\":\"cohort\",\"type_value\":[\"\(id)\"]}")
            for other in [id, outer] {
                let itself = body("{\"type\":\"cohort\",\"type_value\":\"\(other)\"}")
                let (status, answer) = try await client.request(.put, "\(Self.path)/\(id)", itself)
                #expect(status == 400 && answer.contains("must not lead back to its own cohort"))
            }
            #expect(try await people(client, outer) == "1,4")
            let upload =
                "{\"name\":\"x\",\"id_type\":\"BY_AMP_ID\",\"ids\":[2],\"existing_cohort_id\":\"\(id)\"}"
            let change =
                "{\"cohort_id\":\"\(id)\",\"memberships\":[{\"ids\":[\"2\"],\"id_type\":\"BY_ID\",\"operation\":\"ADD\"}]}"
            for (path, body) in [("upload", upload), ("membership", change)] {
                let (status, answer) = try await client.request(.post, "\(Self.path)/\(path)", body)
                #expect(status == 409 && answer.contains("found by its definition"), "\(answer)")
            }
            #expect(try await people(client, id) == "1,4")
        }
    }

    @Test("a list becomes a rule: whom it listed is not in it any more")
    func listToRule() async throws {
        try await with { client, _ in
            let (_, answer) = try await client.request(
                .post,
                "\(Self.path)/upload",
                "{\"name\":\"x\",\"id_type\":\"BY_AMP_ID\",\"ids\":[2]}"
            )
            let id = answer.firstMatch(of: /"cohortId":"([a-z0-9]{8})"/).map { String($0.1) } ?? ""
            #expect(try await people(client, id) == "2")
            let changed = try await client.request(.put, "\(Self.path)/\(id)", body(Self.bought()))
            #expect(changed.status == 200 && changed.body.hasSuffix("\"size\":2}}"))
            #expect(try await people(client, id) == "1,4")
            let profile = try await client.get("/v1/userprofile?user_id=bob-user&get_cohort_ids=true").body
            #expect(profile.contains("\"cohort_ids\":[]"))
        }
    }
}
