import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

/// `GET /v1/userprofile` and `GET /api/2/usermap`.
@Suite struct ProfileTests {
    private static let events = """
        [{"device_id":"phone-a","event_type":"Play","time":1709208000000},
         {"user_id":"ann-user","device_id":"phone-a","event_type":"Play","time":1709294400000,"platform":"iOS",
          "country":"France","user_properties":{"plan":"pro","age":3}},
         {"user_id":"bob-user","device_id":"phone-b","event_type":"Play","time":1709294400000}]
        """

    private func profile(
        _ client: some TestClientProtocol,
        _ query: String,
        _ authorization: String? = "Api-Key \(TestServer.secretKey)"
    ) async throws -> String {
        let (status, body) = try await client.get("/v1/userprofile?\(query)", authorization: authorization)
        return "\(status) \(body)"
    }

    @Test("a profile has what is asked for, by user id or device id; merged people are one")
    func profile() async throws {
        try await TestServer().application.test(.router) { client in
            let status = try await client.post(events: Self.events).status
            #expect(status == 200)
            #expect(
                try await profile(client, "user_id=ann-user")
                    == "200 {\"userData\":{\"recommendations\":null,\"user_id\":\"ann-user\",\"device_id\":null,"
                    + "\"amp_props\":null,\"cohort_ids\":null}}"
            )
            let known =
                "\"amp_props\":{\"platform\":\"iOS\",\"country\":\"France\",\"library\":\"http/2.0\","
                + "\"first_used\":\"2024-02-29\",\"last_used\":\"2024-03-01\",\"age\":3,\"plan\":\"pro\"}"
            #expect(
                try await profile(client, "device_id=phone-a&get_amp_props=true")
                    == "200 {\"userData\":{\"recommendations\":null,\"user_id\":\"ann-user\",\"device_id\":\"phone-a\","
                    + "\(known),\"cohort_ids\":null}}"
            )
            let upload = try await client.request(
                .post,
                "/api/3/cohorts/upload",
                "{\"name\":\"x\",\"id_type\":\"BY_USER_ID\",\"ids\":[\"ann-user\"]}"
            ).body
            let id = try #require(upload.firstMatch(of: /"cohortId":"(\w+)"/)).1
            let query = "get_cohort_ids=true&get_recs=true&get_computations=true"
            #expect(
                try await profile(client, "user_id=ann-user&\(query)").contains("\"cohort_ids\":[\"\(id)\"]")
            )
            #expect(try await profile(client, "user_id=bob-user&\(query)").contains("\"cohort_ids\":[]"))
        }
    }

    @Test("whom nobody knows, and whoever has no key, is told so")
    func refusals() async throws {
        try await TestServer().application.test(.router) { client in
            let status = try await client.post(events: Self.events).status
            #expect(status == 200)
            let unknown = "400 {\"error\":\"User id and device id not seen before\"}"
            #expect(try await profile(client, "user_id=nobody") == unknown)
            #expect(try await profile(client, "user_id=nobody&device_id=nothing") == unknown)
            #expect(try await profile(client, "user_id=nobody&device_id=phone-b").hasPrefix("200 "))
            #expect(try await profile(client, "").hasPrefix("400 {\"error\":\"user_id or device_id is required"))
            #expect(try await profile(client, "user_id=ann-user", TestServer.credentials).hasPrefix("200 "))
            for wrong in [nil, "Api-Key \(TestServer.apiKey)", "Api-Key", "Api-Key x"] {
                #expect(try await profile(client, "user_id=ann-user", wrong).hasPrefix("401 {\"error\":"))
            }
            // The secret key alone only reads.
            var headers: HTTPFields = [:]
            headers[.authorization] = "Api-Key \(TestServer.secretKey)"
            try await client.execute(uri: "/api/3/annotations", method: .post, headers: headers) { answer in
                #expect(answer.status == .forbidden)
            }
        }
    }

    @Test("mappings are told from both ends, as they were said")
    func mappings() async throws {
        try await TestServer().application.test(.router) { client in
            let events = """
                [{"user_id":"ann-user","event_type":"Play"},{"user_id":"bob-user","event_type":"Play"},
                 {"user_id":"cid-user","event_type":"Play"}]
                """
            let status = try await client.post(events: events).status
            #expect(status == 200)
            for (from, to) in [("ann-user", "bob-user"), ("bob-user", "cid-user")] {
                let mapping = "{\"user_id\":\"\(from)\",\"global_user_id\":\"\(to)\"}"
                let form = "api_key=\(TestServer.apiKey)&mapping=\(mapping)"
                #expect(try await client.request(.post, "/usermap", form).status == 200)
            }
            func person(_ number: Int, _ id: String) -> String { "{\"amplitude_id\":\(number),\"user_id\":\"\(id)\"}" }
            let (ann, bob, cid) = (person(1, "ann-user"), person(2, "bob-user"), person(3, "cid-user"))
            let all =
                "{\"ann-user\":{\"mapped_from\":[],\"mapped_to\":[\(bob)]},"
                + "\"bob-user\":{\"mapped_from\":[\(ann)],\"mapped_to\":[\(cid)]},"
                + "\"cid-user\":{\"mapped_from\":[\(bob)],\"mapped_to\":[]},"
                + "\"nobody\":{\"mapped_from\":[],\"mapped_to\":[]}}"
            let ids = ["ann-user", "bob-user", "cid-user", "nobody"]
            let query = ids.map { "user_ids=\($0)" }.joined(separator: "&")
            #expect(try await client.get("/api/2/usermap?\(query)").body == all)
            #expect(
                try await client.request(.get, "/api/2/usermap", query).body == all,
                "as Amplitude's example sends it"
            )
            let list = "[\"ann-user\",\"bob-user\",\"cid-user\",\"nobody\"]"
            let encoded = try #require(list.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            #expect(try await client.get("/api/2/usermap?user_ids=\(encoded)").body == all)
            let many = (0...100).map { "user_ids=u\($0)" }.joined(separator: "&")
            for wrong in ["", "user_ids=", "user_ids=%5B1%5D", "user_ids=%5B", many] {
                #expect(try await client.get("/api/2/usermap?\(wrong)").status == 400)
            }
        }
    }
}
