import EventModel
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import AmplitudeAPI

@Suite struct PlanFindingsTests: TaxonomyScript {
    @Test("findings are listed, filtered and forgotten; the events are there all the same")
    func findings() async throws {
        let events = """
            [{"user_id":"user-1","event_type":"Play","event_properties":{"size":"x"},"user_properties":{"plan":"gold"}},
             {"user_id":"user-1","event_type":"Play","event_properties":{"size":1}},
             {"user_id":"user-1","event_type":"Stop","event_properties":{"size":true}},
             {"event_type":"$groupidentify","groups":{"org":"A"},"group_properties":{"$set":{"seats":"3"}}}]
            """
        try await TestServer().application.test(.router) { client in
            func ask(_ method: HTTPRequest.Method, _ path: String, _ form: String = "") async throws -> (Int, String) {
                let answer = try await client.request(method, "/api/2/taxonomy/\(path)", form)
                return (answer.0, answer.1)
            }
            let empty = #"{"success":true,"data":[],"not_listed":0}"#
            var answer = try await ask(.get, "findings")
            #expect(answer == (200, empty))
            for (path, form) in [
                ("event-property", "event_property=size&type=number"),
                ("user-property", "user_property=plan&type=enum&enum_values=free,pro"),
                ("group-property", "group_property=seats&type=number"),
            ] {
                #expect(try await ask(.post, path, form).0 == 200)
            }
            let sent = try await client.post(events: events)
            #expect(sent.status == 200, "\(sent.body)")
            func line(_ start: String, _ finding: String, _ received: String) -> String {
                "{\(start),\"finding\":\"\(finding)\",\"received\":\"\(received)\",\"count\":1,"
                    + "\"first_seen\":\"TIME\",\"last_seen\":\"TIME\"}"
            }
            let play = line(#""event_type":"Play","event_property":"size""#, "type", "string")
            let stop = line(#""event_type":"Stop","event_property":"size""#, "type", "boolean")
            let group = line(#""group_type":"org","group_property":"grp:seats""#, "type", "string")
            let user = line(#""event_type":"Play","user_property":"gp:plan""#, "enum", "string")
            for (query, wanted) in [
                ("", [play, stop, group, user]), ("?kind=event", [play, stop]), ("?kind=user", [user]),
                ("?kind=group", [group]), ("?event_type=Play", [play, user]), ("?kind=event&event_type=Stop", [stop]),
                ("?event_type=Nothing", []),
            ] {
                let (status, body) = try await ask(.get, "findings\(query)")
                let found = body.replacing(/"20\d\d-\d\d-\d\dT[0-9:.]+Z"/, with: "\"TIME\"")
                let data = wanted.joined(separator: ",")
                #expect(status == 200 && found == "{\"success\":true,\"data\":[\(data)],\"not_listed\":0}", "\(query)")
            }
            let (status, refusal) = try await ask(.get, "findings?kind=device")
            #expect(status == 400 && refusal.contains("kind must be event, user or group"))
            answer = try await ask(.delete, "findings")
            #expect(answer == (200, done))
            answer = try await ask(.get, "findings")
            #expect(answer == (200, empty))
            let chart = try await client.get(
                "/api/2/events/segmentation?e=%7B%22event_type%22:%22Play%22%7D&m=totals&start=20200101&end=20200101"
            )
            #expect(chart.status == 200, "both events of the type were stored")
        }
    }

    @Test("a pattern that the way in could not use is refused")
    func patterns() async throws {
        try await run(
            [
                Step(.post, "event-property", "event_property=a&regex=%5Ba-", 400),
                Step(.post, "event-property", "event_property=a&regex=%5E%5Cp%7BLu%7D%2B%24", 200, done),
            ],
            on: TestServer()
        )
    }
}
