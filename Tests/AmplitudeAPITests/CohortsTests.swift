import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Ingestion
import Storage
import Testing

@testable import AmplitudeAPI

/// Cohorts of lists of people, as Amplitude's clients use them.
@Suite struct CohortsTests {
    private static let path = "/api/3/cohorts"

    /// Ann is 1 (and was anonymous on phone-a), Bob 2, Cid 3, and somebody on phone-d 4.
    private static let events = """
        [{"user_id":"ann-user","device_id":"phone-a","event_type":"Play","time":1709208000000,"country":"France",
          "user_properties":{"plan":"pro","tags":["a","b"]}},
         {"user_id":"bob-user","device_id":"phone-b","event_type":"Play","time":1709208000000,
          "user_properties":{"plan":"a,\\"b\\"\\nc"}},
         {"user_id":"cid-user","device_id":"phone-c","event_type":"Play","time":1709208000000},
         {"device_id":"phone-d","event_type":"Play","time":1709208000000}]
        """

    private func with(
        _ body: @escaping @Sendable (any TestClientProtocol, TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let status = try await client.post(events: Self.events).status
            #expect(status == 200)
            try await body(client, server)
        }
    }

    /// The answer's status and body, and the id of a cohort or a request that it tells.
    private func ask(
        _ client: any TestClientProtocol,
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ body: String = ""
    ) async throws -> (status: Int, body: String, id: String) {
        let (status, body) = try await client.request(method, uri, body)
        let id = body.firstMatch(of: /"(?:cohortId|request_id)":"([a-z0-9]{8})"/).map { String($0.1) }
        return (status, body, id ?? "")
    }

    private func upload(_ client: any TestClientProtocol, _ ids: String, _ rest: String = "") async throws -> String {
        let body =
            "{\"name\":\"Payers\",\"app_id\":\"1\",\"id_type\":\"BY_USER_ID\",\"ids\":[\(ids)],\"owner\":\"ann@example.com\","
            + "\"published\":true\(rest)}"
        let (status, _, id) = try await ask(client, .post, "\(Self.path)/upload", body)
        #expect(status == 200)
        return id
    }

    private func people(_ client: any TestClientProtocol, _ id: String) async throws -> String {
        let (_, body, _) = try await ask(client, .get, "\(Self.path)/\(id)")
        guard let start = body.range(of: "\"amplitude_ids\":") else { return body }
        return String(body[start.lowerBound...])
    }

    @Test("a cohort is uploaded, listed, read, described, changed, archived and removed")
    func life() async throws {
        try await with { client, _ in
            let now = TestServer.now.milliseconds / 1000
            let answer = try await ask(
                client,
                .post,
                "\(Self.path)/upload",
                "{\"name\":\"Payers\",\"app_id\":1,\"id_type\":\"BY_USER_ID\",\"ids\":[\"ann-user\",\"nobody\",\"bob-user\"],"
                    + "\"owner\":\"ann@example.com\",\"published\":true}"
            )
            let id = answer.id
            #expect(
                answer.body == "{\"cohortId\":\"\(id)\",\"metadata\":{\"matched\":2,\"totals\":3,"
                    + "\"invalid_ids_sample\":[\"nobody\"]}}"
            )
            func cohort(_ name: String, _ description: String, archived: Bool = false) -> String {
                "{\"appId\":1,\"archived\":\(archived),\"definition\":{\"version\":3,"
                    + "\"countGroup\":{\"name\":\"User\",\"is_computed\":false},\"cohortType\":\"UNIQUES\","
                    + "\"andClauses\":[],\"referenceFrameTimeParams\":{},\"orClauses\":[]},\"description\":\(description),"
                    + "\"finished\":true,\"id\":\"\(id)\",\"name\":\"\(name)\",\"published\":true,\"type\":\"redshift\","
                    + "\"lastMod\":\(now),\"createdAt\":\(now),\"lastComputed\":\(now),\"hidden\":false,\"metadata\":null,"
                    + "\"view_count\":null,\"popularity\":null,\"last_viewed\":null,\"chart_id\":null,\"edit_id\":null,"
                    + "\"is_predictive\":false,\"is_official_content\":false,\"location_id\":null,\"shortcut_ids\":[],"
                    + "\"per_app_metadata\":null,\"cohort_definition_type\":null,\"cohort_output_type\":\"UNIQUES\","
                    + "\"is_generated_content\":false,\"owners\":[\"ann@example.com\"],\"viewers\":[],\"size\":2"
            }
            let plain = cohort("Payers", "null") + "}"
            #expect(try await ask(client, .get, Self.path).body == "{\"cohorts\":[\(plain)]}")
            let synced = cohort("Payers", "null") + ",\"syncMetadata\":[]}"
            #expect(
                try await ask(client, .get, "\(Self.path)?includeSyncInfo=true").body == "{\"cohorts\":[\(synced)]}"
            )
            #expect(
                try await ask(client, .get, "\(Self.path)/\(id)?props=1&propKeys=plan").body
                    == "{\"cohort\":\(plain),\"amplitude_ids\":[1,2],\"user_ids\":[\"ann-user\",\"bob-user\"]}"
            )
            #expect(
                try await ask(client, .get, "\(Self.path)/info/\(id)").body
                    == "{\"cohort_id\":\"\(id)\",\"app_id\":1,\"org_id\":1,\"name\":\"Payers\",\"size\":2,"
                    + "\"description\":null,\"last_computed\":\(now)}"
            )
            let change = "{\"name\":\"All payers\",\"description\":\"Who paid\"}"
            let changed = cohort("All payers", "\"Who paid\"") + "}"
            #expect(try await ask(client, .put, "\(Self.path)/\(id)", change).body == "{\"cohort\":\(changed)}")
            #expect(try await ask(client, .put, "\(Self.path)/\(id)", "{\"name\":null}").status == 400)
            #expect(try await ask(client, .put, "\(Self.path)/\(id)", "{\"archived\":true}").status == 200)
            #expect(try await ask(client, .get, Self.path).body == "{\"cohorts\":[]}")
            #expect(try await ask(client, .get, "\(Self.path)/\(id)").status == 404)
            #expect(try await ask(client, .put, "\(Self.path)/\(id)", "{\"archived\":false}").status == 200)
            #expect(try await ask(client, .put, "\(Self.path)/\(id)", "{\"published\":false}").status == 200)
            #expect(try await ask(client, .get, Self.path).body == "{\"cohorts\":[]}")
            #expect(try await people(client, id).hasPrefix("\"amplitude_ids\":[1,2]"), "an unpublished one is there")
            #expect(try await ask(client, .delete, "\(Self.path)/\(id)").body == "{\"success\":true}")
            for (method, uri) in [
                (HTTPRequest.Method.get, "\(Self.path)/\(id)"), (.get, "\(Self.path)/info/\(id)"),
                (.delete, "\(Self.path)/\(id)"), (.put, "\(Self.path)/\(id)"), (.get, "/api/5/cohorts/request/\(id)"),
            ] {
                let (status, body, _) = try await ask(client, method, uri, "{}")
                #expect(status == 404 && body.contains("There is no cohort \(id)"))
            }
        }
    }

    @Test(
        "an upload by Amplitude ID, into a cohort that is there, to be checked alone, or refused if an id is nobody's"
    )
    func uploads() async throws {
        try await with { client, _ in
            let id = try await upload(client, "\"ann-user\"")
            func send(_ ids: String, _ rest: String) async throws -> (status: Int, body: String, id: String) {
                try await ask(
                    client,
                    .post,
                    "\(Self.path)/upload",
                    "{\"name\":\"Payers\",\"id_type\":\"BY_AMP_ID\",\"ids\":[\(ids)],\"existing_cohort_id\":\"\(id)\"\(rest)}"
                )
            }
            let checked = try await send("2,3,99", ",\"skip_save\":true")
            #expect(checked.body.contains("\"matched\":2,\"totals\":3,\"invalid_ids_sample\":[\"99\"]"))
            #expect(try await people(client, id).hasPrefix("\"amplitude_ids\":[1],"))
            let refused = try await send("2,99", ",\"skip_invalid_ids\":false")
            #expect(refused.status == 400 && refused.body.contains("1 of the ids are nobody's, such as \\\"99\\\""))
            #expect(try await people(client, id).hasPrefix("\"amplitude_ids\":[1],"))
            #expect(try await send("\"2\",4,4", "").id == id)
            #expect(
                try await people(client, id) == "\"amplitude_ids\":[2,4],\"user_ids\":[\"bob-user\"]}",
                "an anonymous person has no user id"
            )
        }
    }

    @Test(
        "mistakes are refused by name",
        arguments: [
            ("{}", "name is required"), ("[]", "must be a JSON object"),
            ("{\"name\":\"x\",\"ids\":[\"a\"]}", "id_type must be BY_AMP_ID"),
            ("{\"name\":\"x\",\"id_type\":\"BY_MAGIC\",\"ids\":[\"a\"]}", "id_type must be BY_AMP_ID"),
            ("{\"name\":\"x\",\"id_type\":\"BY_USER_ID\",\"ids\":[]}", "at least one id"),
            ("{\"name\":\"x\",\"id_type\":\"BY_USER_ID\"}", "at least one id"),
            ("{\"name\":\"x\",\"id_type\":\"BY_USER_ID\",\"ids\":[{}]}", "ids must be a list of ids"),
            (
                "{\"name\":\"x\",\"id_type\":\"BY_USER_ID\",\"ids\":[\"a\"],\"published\":3}",
                "published must be true or false"
            ),
            ("{\"name\":\"x\",\"id_type\":\"BY_USER_ID\",\"ids\":[\"a\"],\"cg\":\"org\"}", "cg must be User"),
        ]
    )
    func mistakes(body: String, sentence: String) async throws {
        try await with { client, _ in
            let answer = try await ask(client, .post, "\(Self.path)/upload", body)
            #expect(answer.status == 400 && answer.body.contains(sentence), "\(answer)")
            #expect(try await ask(client, .get, Self.path).body == "{\"cohorts\":[]}")
        }
    }

    @Test("people are added and taken out, one list after the other; who is unknown is told, or refuses all")
    func membership() async throws {
        try await with { client, _ in
            let id = try await upload(client, "\"ann-user\"")
            func change(_ lists: String, _ rest: String = "") async throws -> (status: Int, body: String, id: String) {
                try await ask(
                    client,
                    .post,
                    "\(Self.path)/membership",
                    "{\"cohort_id\":\"\(id)\",\"count_group\":\"User\",\"memberships\":[\(lists)]\(rest)}"
                )
            }
            let answer = try await change(
                """
                {"ids":["bob-user","nobody"],"id_type":"BY_NAME","operation":"ADD"},
                {"ids":["1",4],"id_type":"BY_ID","operation":"REMOVE"},
                {"ids":["3"],"id_type":"BY_AMP_ID","operation":"ADD"}
                """
            )
            #expect(
                answer.body == "{\"cohort_id\":\"\(id)\",\"memberships_result\":["
                    + "{\"skipped_ids\":[\"nobody\"],\"id_type\":\"BY_NAME\",\"operation\":\"ADD\"},"
                    + "{\"skipped_ids\":[],\"id_type\":\"BY_ID\",\"operation\":\"REMOVE\"},"
                    + "{\"skipped_ids\":[],\"id_type\":\"BY_AMP_ID\",\"operation\":\"ADD\"}]}"
            )
            #expect(try await people(client, id).hasPrefix("\"amplitude_ids\":[2,3],"))
            let ann = "{\"ids\":[\"ann-user\",\"nobody\"],\"id_type\":\"BY_NAME\",\"operation\":\"ADD\"}"
            let refused = try await change(ann, ",\"skip_invalid_ids\":false")
            #expect(refused.status == 400 && refused.body.contains("\\\"nobody\\\""))
            #expect(try await people(client, id).hasPrefix("\"amplitude_ids\":[2,3],"))
            let both =
                "{\"ids\":[\"ann-user\"],\"id_type\":\"BY_NAME\",\"operation\":\"ADD\"},"
                + "{\"ids\":[\"ann-user\",\"bob-user\"],\"id_type\":\"BY_NAME\",\"operation\":\"REMOVE\"}"
            #expect(try await change(both).status == 200)
            #expect(try await people(client, id).hasPrefix("\"amplitude_ids\":[3],"))
            for (lists, sentence) in [
                ("", "memberships must be a list"), ("3", "memberships must be a list"),
                ("{\"ids\":[\"a\"],\"id_type\":\"BY_NAME\",\"operation\":\"SWAP\"}", "operation must be ADD or REMOVE"),
            ] {
                let answer = try await change(lists)
                #expect(answer.status == 400 && answer.body.contains(sentence), "\(answer)")
            }
        }
    }

    @Test("a download has everybody, with the properties that are asked for, and does not change")
    func download() async throws {
        try await with { client, _ in
            let id = try await upload(client, "\"ann-user\",\"bob-user\",\"cid-user\"")
            func file(_ query: String) async throws -> (request: String, text: String) {
                let asked = try await ask(client, .get, "/api/5/cohorts/request/\(id)\(query)")
                #expect(asked.status == 202)
                #expect(asked.body == "{\"request_id\":\"\(asked.id)\",\"cohort_id\":\"\(id)\"}")
                let status = try await ask(client, .get, "/api/5/cohorts/request-status/\(asked.id)")
                #expect(
                    status.body == "{\"request_id\":\"\(asked.id)\",\"cohort_id\":\"\(id)\","
                        + "\"async_status\":\"JOB COMPLETED\"}"
                )
                return (asked.id, try await ask(client, .get, "/api/5/cohorts/request/\(asked.id)/file").body)
            }
            let plain = "amplitude_id,user_id\r\n1,ann-user\r\n2,bob-user\r\n3,cid-user\r\n"
            let first = try await file("")
            #expect(first.text == plain)
            #expect(
                try await file("?props=1&propKeys=gp:plan&propKeys=country").text
                    == "amplitude_id,user_id,gp:plan,country\r\n1,ann-user,pro,France\r\n"
                    + "2,bob-user,\"a,\"\"b\"\"\nc\",\r\n3,cid-user,,\r\n"
            )
            #expect(
                try await file("?props=1").text
                    == "amplitude_id,user_id,plan,tags\r\n1,ann-user,pro,\"[\"\"a\"\",\"\"b\"\"]\"\r\n"
                    + "2,bob-user,\"a,\"\"b\"\"\nc\",\r\n3,cid-user,,\r\n"
            )
            _ = try await upload(client, "\"cid-user\"", ",\"existing_cohort_id\":\"\(id)\"")
            #expect(try await ask(client, .get, "/api/5/cohorts/request/\(first.request)/file").body == plain)
            #expect(try await file("").text == "amplitude_id,user_id\r\n3,cid-user\r\n")
            for path in ["request-status/zzzzzzzz", "request/zzzzzzzz/file"] {
                #expect(try await ask(client, .get, "/api/5/cohorts/\(path)").status == 404)
            }
        }
    }

    @Test("questions count only those who are in a cohort, or only the others; merged people are one")
    func questions() async throws {
        try await with { client, _ in
            let id = try await upload(client, "\"ann-user\",\"bob-user\"")
            func uniques(_ condition: String) async throws -> String {
                let segment = "[{\"prop\":\"userdata_cohort\",\(condition)}]"
                let (status, body) = try await client.segmentation([
                    ("e", "{\"event_type\":\"Play\"}"), ("start", "20240229"), ("end", "20240229"), ("s", segment),
                ])
                return body.firstMatch(of: /"series":\[\[([0-9]+)\]\]/).map { String($0.1) } ?? "\(status) \(body)"
            }
            #expect(try await uniques("\"op\":\"is\",\"values\":[\"\(id)\"]") == "2")
            #expect(try await uniques("\"op\":\"is not\",\"values\":[\"\(id)\"]") == "2")
            #expect(try await uniques("\"op\":\"is\",\"values\":[\"zzzzzzzz\"]").hasPrefix("400 "))
            // The anonymous person turns out to be Ann.
            let login =
                "[{\"user_id\":\"ann-user\",\"device_id\":\"phone-d\",\"event_type\":\"Play\",\"time\":1709208000001}]"
            #expect(try await client.post(events: login).status == 200)
            _ = try await upload(client, "\"ann-user\",\"bob-user\"", ",\"existing_cohort_id\":\"\(id)\"")
            #expect(try await uniques("\"op\":\"is\",\"values\":[\"\(id)\"]") == "2")
            #expect(try await uniques("\"op\":\"is not\",\"values\":[\"\(id)\"]") == "1")
            let anonymous = "{\"name\":\"x\",\"id_type\":\"BY_AMP_ID\",\"ids\":[4,1,3]}"
            let merged = try await ask(client, .post, "\(Self.path)/upload", anonymous)
            #expect(try await people(client, merged.id).hasPrefix("\"amplitude_ids\":[1,3],"))
            #expect(try await uniques("\"op\":\"is\",\"values\":[\"\(merged.id)\"]") == "2")
            _ = try await ask(
                client,
                .post,
                "\(Self.path)/membership",
                "{\"cohort_id\":\"\(merged.id)\",\"memberships\":["
                    + "{\"ids\":[\"ann-user\"],\"id_type\":\"BY_NAME\",\"operation\":\"REMOVE\"}]}"
            )
            #expect(try await people(client, merged.id).hasPrefix("\"amplitude_ids\":[3],"))
        }
    }

    @Test("who is deleted is in no cohort, list or file from then on")
    func deleted() async throws {
        try await with { client, server in
            let id = try await upload(client, "\"ann-user\",\"bob-user\"")
            let asked = try await ask(client, .get, "/api/5/cohorts/request/\(id)?propKeys=plan")
            let project = try #require(await server.project(withAPIKey: TestServer.apiKey))
            _ = try await project.writer.delete([UserKey(2)], for: "test", grace: .seconds(3600))
            #expect(try await people(client, id) == "\"amplitude_ids\":[1],\"user_ids\":[\"ann-user\"]}")
            let file = try await ask(client, .get, "/api/5/cohorts/request/\(asked.id)/file").body
            #expect(file == "amplitude_id,user_id,plan\r\n1,ann-user,pro\r\n")
            let again = try await ask(client, .get, "/api/5/cohorts/request/\(id)")
            #expect(
                try await ask(client, .get, "/api/5/cohorts/request/\(again.id)/file").body
                    == "amplitude_id,user_id\r\n1,ann-user\r\n"
            )
            let upload = "{\"name\":\"x\",\"id_type\":\"BY_AMP_ID\",\"ids\":[2,3]}"
            #expect(try await ask(client, .post, "\(Self.path)/upload", upload).body.contains("\"matched\":1,"))
        }
    }
}
