import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import AmplitudeAPI

/// `/api/2/deletions/users` over HTTP. What a deletion hides is looked at in DeletedPeopleAnswersTests.
@Suite struct DeletionsTests {
    private static let path = "/api/2/deletions/users"
    private static let day = 86_400_000

    private func ask(
        _ client: some TestClientProtocol,
        _ method: HTTPRequest.Method = .post,
        _ rest: String = "",
        _ body: String = ""
    ) async throws -> (status: Int, body: String) { try await client.request(method, Self.path + rest, body) }

    /// Ann (1), Bob (2) and Cleo (3).
    private static let events = """
        [{"user_id":"ann-1","device_id":"phone-1","event_type":"A"},{"user_id":"bob-1","event_type":"A"},
         {"user_id":"cleo-1","event_type":"A"}]
        """

    private func job(
        _ ids: [Int],
        requested: String = "2024-03-01",
        day: String = "2024-03-02",
        by: String = "rest"
    )
        -> String
    {
        let people = ids.map { id in
            "{\"amplitude_id\":\(id),\"requested_on_day\":\"\(requested)\",\"requester\":\"\(by)\"}"
        }
        return "{\"active_scrub_done_date\":null,\"amplitude_ids\":[\(people.joined(separator: ","))],\"app\":\"1\","
            + "\"day\":\"\(day)\",\"status\":\"staging\"}"
    }

    @Test("answers as Amplitude's were recorded: a request, the list of them, a cancel")
    func recorded() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: Self.events)
            let none = try await ask(client, .get, "?start_day=2024-02-01&end_day=2024-08-01")
            #expect(none.status == 200 && none.body == "[]")
            let asked = try await ask(client, .post, "", #"{"user_ids":["ann-1"],"ignore_invalid_id":"True"}"#)
            #expect(asked.status == 200 && asked.body == "[\(job([1]))]")
            let again = try await ask(
                client,
                .post,
                "",
                #"{"amplitude_ids":[1,"2"],"user_ids":["ann-1"],"requester":"dpo","delete_from_org":"False"}"#
            )
            let both = job([1]).replacing(
                "\"requester\":\"rest\"}",
                with:
                    "\"requester\":\"rest\"},{\"amplitude_id\":2,\"requested_on_day\":\"2024-03-01\",\"requester\":\"dpo\"}"
            )
            #expect(again.status == 200 && again.body == "[\(both)]", "who is deleted is told of, and stays so")
            for range in ["start_day=2024-03-01&end_day=2024-03-01", "start_day=2024-03-02&end_day=2024-09-01"] {
                #expect(try await ask(client, .get, "?\(range)").body == "[\(both)]")
            }
            for range in ["start_day=2024-02-28&end_day=2024-02-29", "start_day=2024-03-03&end_day=2024-03-04"] {
                #expect(try await ask(client, .get, "?\(range)").body == "[]")
            }
            #expect(try await ask(client, .delete, "/1/2024-03-01").status == 404, "another day")
            let cancelled = try await ask(client, .delete, "/1/2024-03-02")
            let gone = "{\"amplitude_id\":1,\"requested_on_day\":\"2024-03-01\",\"requester\":\"rest\"}"
            #expect(cancelled.status == 200 && cancelled.body == gone)
            #expect(try await ask(client, .delete, "/1/2024-03-02").status == 404, "that was done")
            let left = try await ask(client, .get, "?start_day=2024-03-01&end_day=2024-03-01")
            #expect(left.body == "[\(job([2], by: "dpo"))]")
            #expect(try server.user(withID: "ann-1")?.key == UserKey(1))
            #expect(try server.user(withID: "bob-1") == nil)
        }
    }

    @Test("those of one day are one job, in the order of the days")
    func jobs() async throws {
        let clock = TestClock()
        let server = try TestServer(clock: clock)
        try await server.application.test(.router) { client in
            try await client.post(events: Self.events)
            _ = try await ask(client, .post, "", #"{"user_ids":["bob-1"]}"#)
            clock.goOn(Int64(Self.day))
            let late = try await ask(client, .post, "", #"{"user_ids":["cleo-1","bob-1","ann-1"]}"#)
            let jobs = [job([2]), job([3, 1], requested: "2024-03-02", day: "2024-03-03")]
            #expect(late.status == 200 && late.body == "[\(jobs.joined(separator: ","))]", "\(late)")
        }
    }

    @Test("a deletion can be cancelled up to the moment at which its time is over")
    func grace() async throws {
        let clock = TestClock()
        let server = try TestServer(clock: clock)
        try await server.application.test(.router) { client in
            try await client.post(events: Self.events)
            _ = try await ask(client, .post, "", #"{"user_ids":["ann-1","bob-1"]}"#)
            clock.goOn(Int64(Self.day) - 1)
            #expect(try await ask(client, .delete, "/1/2024-03-02").status == 200)
            clock.goOn(1)
            let late = try await ask(client, .delete, "/2/2024-03-02")
            #expect(late.status == 400 && late.body.contains("deletion_submitted"), "\(late)")
        }
    }

    @Test("who is being taken out of the files cannot be brought back, and who is gone is nobody")
    func states() async throws {
        let server = try TestServer()
        let project = try #require(await server.project(withAPIKey: TestServer.apiKey))
        try await server.application.test(.router) { client in
            try await client.post(events: Self.events)
            _ = try await ask(client, .post, "", #"{"user_ids":["ann-1"]}"#)
            _ = try project.record.submitDeletions(dueBy: nil)
            let late = try await ask(client, .delete, "/1/2024-03-02")
            #expect(late.status == 400 && late.body.contains("deletion_submitted"), "\(late)")
            let listed = try await ask(client, .get, "?start_day=2024-03-01&end_day=2024-03-01")
            #expect(listed.body == "[\(job([1]).replacing("staging", with: "submitted"))]")

            try project.record.finishDeletions([DeletionID(1)], receipt: "{\"events\":1}", at: project.now())
            let done = try await ask(client, .get, "?start_day=2024-03-01&end_day=2024-03-01")
            #expect(done.body.hasPrefix("[{\"active_scrub_done_date\":\"2024-03-01\","))
            #expect(done.body.contains("\"requester\":\"rest\",\"receipt\":{\"events\":1}}],\"app\":\"1\""))
            #expect(done.body.hasSuffix("\"status\":\"done\"}]"))
            #expect(try await ask(client, .post, "", #"{"amplitude_ids":[1]}"#).status == 400)
            #expect(try await ask(client, .delete, "/1/2024-03-02").status == 400)
        }
    }

    @Test("who comes after the request is another person, whom another request deletes")
    func comesAgain() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: Self.events)
            _ = try await ask(client, .post, "", #"{"user_ids":["ann-1"]}"#)
            try await client.post(events: Self.events)
            #expect(try server.user(withID: "ann-1")?.key == UserKey(4))
            let (_, found) = try await client.get("/api/2/usersearch?user=ann-1")
            #expect(found.contains("\"amplitude_id\":4") && !found.contains("\"amplitude_id\":1,"))
            let again = try await ask(client, .post, "", #"{"user_ids":["ann-1"]}"#)
            #expect(again.body == "[\(job([4]))]")
            #expect(try await ask(client, .delete, "/4/2024-03-02").status == 200)
            #expect(try await ask(client, .delete, "/1/2024-03-02").status == 200)
            let (_, both) = try await client.get("/api/2/usersearch?user=1")
            #expect(both.contains("\"amplitude_id\":4"), "one person since, as after a login: \(both)")
        }
    }

    @Test("where everybody is deleted there is nothing to export, and nobody to be found by what they shared")
    func nobodyLeft() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let shared = ["ann-1", "bob-1"].map {
                "{\"user_id\":\"\($0)\",\"device_id\":\"kiosk\",\"event_type\":\"A\"}"
            }
            try await client.post(events: "[\(shared.joined(separator: ","))]")
            _ = try await ask(client, .post, "", #"{"user_ids":["bob-1"]}"#)
            let (_, found) = try await client.get("/api/2/usersearch?user=kiosk")
            #expect(found.contains("\"amplitude_id\":1") && !found.contains("\"amplitude_id\":2"), "\(found)")
            #expect(try await client.get("/api/2/export?start=20240301T12&end=20240301T12").status == 200)
            _ = try await ask(client, .post, "", #"{"user_ids":["ann-1"]}"#)
            #expect(try await client.get("/api/2/export?start=20240301T12&end=20240301T12").status == 404)
            #expect(try await client.get("/api/2/usersearch?user=kiosk").body == #"{"matches":[],"type":"nomatch"}"#)
            _ = try await ask(client, .delete, "/1/2024-03-02")
            #expect(try await client.get("/api/2/export?start=20240301T12&end=20240301T12").status == 200)
        }
    }

    @Test("unknown ids are refused, and nothing is deleted, unless they are to be left out")
    func unknown() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: Self.events)
            let refused = try await ask(client, .post, "", #"{"user_ids":["ann-1","nobody-1"],"amplitude_ids":[99]}"#)
            #expect(
                refused.status == 400 && refused.body.contains("Amplitude ID 99, nor 1 other of them"),
                "\(refused)"
            )
            #expect(try server.user(withID: "ann-1") != nil)
            for flag in [#""ignore_invalid_id":true"#, #""ignore_invalid_ids":"true""#, #""delete_from_org":"True""#] {
                let answer = try await ask(client, .post, "", "{\"user_ids\":[\"nobody-1\"],\(flag)}")
                #expect(answer.status == 200 && answer.body == "[]")
            }
            let some = try await ask(
                client,
                .post,
                "",
                #"{"user_ids":["ann-1","nobody-1"],"ignore_invalid_id":true,"include_mapped_user_ids":true}"#
            )
            #expect(some.body == "[\(job([1]))]")
        }
    }

    @Test(
        "mistakes name the field and a valid value",
        arguments: [
            ("", "user_ids"), ("{", "user_ids"), ("[]", "user_ids"), ("{}", "user_ids"),
            (#"{"user_ids":"ann-1"}"#, "user_ids"), (#"{"user_ids":[5]}"#, "user_ids"),
            (#"{"user_ids":[""]}"#, "user_ids"), (#"{"amplitude_ids":["x"]}"#, "amplitude_ids"),
            (#"{"amplitude_ids":1}"#, "amplitude_ids"), (#"{"user_ids":["ann-1"],"requester":5}"#, "requester"),
            (#"{"user_ids":["ann-1"],"ignore_invalid_id":"yes"}"#, "ignore_invalid_id"),
            (#"{"user_ids":["ann-1"],"include_mapped_user_ids":1}"#, "include_mapped_user_ids"),
            ("{\"user_ids\":[\((0...100).map { "\"u\($0)\"" }.joined(separator: ","))]}", "at most 100"),
        ]
    )
    func mistakes(body: String, named: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: Self.events)
            let answer = try await ask(client, .post, "", body)
            #expect(answer.status == 400 && answer.body.contains(named), "\(answer)")
            #expect(try server.user(withID: "ann-1") != nil)
        }
    }

    @Test(
        "days that are none are refused with one that is",
        arguments: [
            ("", "start_day"), ("?start_day=2024-03-01", "end_day"),
            ("?start_day=20240301&end_day=2024-03-01", "start_day"),
            ("?start_day=2024-03-01&end_day=2024-02-30", "end_day"),
            ("?start_day=2024-03-02&end_day=2024-03-01", "end_day"),
            ("?start_day=2024-03-01&end_day=2024-09-02", "end_day"),
        ]
    )
    func days(query: String, named: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let answer = try await ask(client, .get, query)
            #expect(answer.status == 400 && answer.body.contains(named), "\(answer)")
            for path in ["/x/2024-03-01", "/1/x", "/99999999999/2024-03-01"] {
                #expect(try await ask(client, .delete, path).status == 404)
            }
        }
    }
}
