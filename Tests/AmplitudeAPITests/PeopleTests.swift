import EventModel
import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import AmplitudeAPI

/// Three people. 2024-02-28T12:00Z is 1709121600000; the clock says 2024-03-01T12:00Z, a Friday.
///
/// Amplitude IDs: 1 is Ann, who first was anonymous on `phone-1`; 2 is Bob; 3 is anonymous on `tablet-1` and then found
/// to be Bob; 4 is on `tablet-2`, anonymous.
private let events = """
    [{"device_id":"phone-1","event_type":"Play","time":1709121600000,"session_id":1709121600000,"platform":"iOS",
      "os_name":"ios","os_version":"8.2","device_model":"iPhone 6","carrier":"AT&T","country":"Germany","region":"Hesse",
      "city":"Fulda","language":"en-US","app_version":"1.2","ip":"127.0.0.1","event_id":7,"insert_id":"i-1",
      "location_lat":52.5,"location_lng":-13,"groups":{"org":["a","b"]},"plan":{"branch":"main"},"idfa":"f",
      "event_properties":{"genre":"jazz","é\\"":[1,{"x":null}]},"user_properties":{"$set":{"seen":1}}},
     {"user_id":"ann-1","device_id":"phone-1","event_type":"$identify","time":1709121600500,
      "user_properties":{"$set":{"gender":"female"}}},
     {"user_id":"ann-1","device_id":"phone-1","event_type":"Buy","time":1709121660000,"session_id":1709121600000,
      "price":4.99,"quantity":2,"app_version":"1.3"},
     {"user_id":"bob-1","event_type":"Play","time":1709208000000,"country":"France","platform":"Web",
      "user_properties":{"plan":"free","color":"red"}},
     {"device_id":"tablet-1","event_type":"Play","time":1709294400000,"session_id":5,"country":"Spain",
      "platform":"Android","user_properties":{"color":"blue"}},
     {"user_id":"bob-1","device_id":"tablet-1","event_type":"Stop","time":1709294400001,"session_id":5,
      "user_properties":{"plan":"pro"}},
     {"device_id":"tablet-2","event_type":"Play","time":1708948800000}]
    """

private func ask(_ path: String, zone: ProjectTimeZone = .utc) async throws -> (status: Int, body: String) {
    let server = try TestServer(timeZone: zone)
    return try await server.application.test(.router) { client in
        #expect(try await client.post(events: events).status == 200)
        return try await client.get(path)
    }
}

@Suite struct UserSearchTests {
    @Test(
        "answers",
        arguments: [
            ("amplitude-id", "1"), ("merged-id", "3"), ("user-id", "ann-1"), ("device-id", "tablet-1"),
            ("prefix", "b"), ("prefix-of-both", "t"), ("nothing", "Ann"), ("number-of-nobody", "5"),
        ]
    )
    func golden(name: String, user: String) async throws {
        let (status, body) = try await ask("/api/2/usersearch?user=\(user)")
        #expect(status == 200)
        try expectGolden(body, "usersearch-\(name)")
    }

    @Test("a day is one of the project's zone")
    func zone() async throws {
        let (_, body) = try await ask("/api/2/usersearch?user=4", zone: .init(name: "Pacific/Kiritimati")!)
        #expect(body.contains("\"last_seen\":\"2024-02-27\""))
    }

    @Test(
        "blanks around what is searched do not count",
        arguments: ["%20ann-1%20", "ann-1%09", "%0Aann-1", "%C2%A0ann-1"]
    )
    func blanks(user: String) async throws {
        let plain = try await ask("/api/2/usersearch?user=ann-1")
        #expect(try await ask("/api/2/usersearch?user=\(user)") == plain)
        let (_, activity) = try await ask("/api/2/useractivity?user=\(user)")
        #expect(activity.contains("\"user_id\":\"ann-1\",\"canonical_amplitude_id\":1,"))
    }

    @Test("who was seen in the same moment is listed by user id; those without one, and those never seen, last")
    func ties() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let names = ["tie-b", "tie-C", "tie-\u{E9}", "tie-a"]
            let seen = names.map { "{\"user_id\":\"\($0)\",\"event_type\":\"A\",\"time\":5}" }
            let others = [
                "{\"device_id\":\"tie-0-device\",\"event_type\":\"A\",\"time\":5}",
                "{\"user_id\":\"tie-2\",\"event_type\":\"$identify\",\"user_properties\":{\"a\":1}}",
                "{\"user_id\":\"tie-1\",\"event_type\":\"$identify\",\"user_properties\":{\"a\":1}}",
                "{\"user_id\":\"tie-z\",\"event_type\":\"A\",\"time\":6}",
            ]
            try await client.post(events: "[\((seen + others).joined(separator: ","))]")
            let (_, body) = try await client.get("/api/2/usersearch?user=tie-")
            let found = body.matches(of: /"user_id":("[^"]*"|null)/).map { String($0.1) }
            let ids = ["tie-z", "tie-C", "tie-a", "tie-b", "tie-\u{E9}"].map { "\"\($0)\"" }
            #expect(found == ids + ["null", "\"tie-1\"", "\"tie-2\""])
        }
    }

    @Test("the last seen come first, then by user id; a hundred at most by prefix")
    func order() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let many = (0..<130).map { number in
                let id = String(1000 + number)
                return "{\"user_id\":\"user-\(id)\",\"event_type\":\"A\",\"time\":\(1_709_121_600_000 + number / 2)}"
            }
            try await client.post(events: "[\(many.joined(separator: ","))]")
            let (_, body) = try await client.get("/api/2/usersearch?user=user-")
            let found = body.matches(of: /"amplitude_id":(\d+)/).compactMap { Int($0.1) }
            // Two at a time were seen in the same moment; the thirty who were seen first are left out.
            let pairs: [[Int]] = (15..<65).reversed().map { pair in [2 * pair + 1, 2 * pair + 2] }
            #expect(found == Array(pairs.joined()))
            #expect(body.contains("\"type\":\"match_user_prefix\""))
        }
    }

    @Test("an id may hold anything")
    func anyText() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: "[{\"user_id\":\"ä+b %_c@x.de\",\"event_type\":\"A\",\"time\":1}]")
            let (_, exact) = try await client.get("/api/2/usersearch?user=%C3%A4%2Bb+%25_c%40x.de")
            #expect(exact.contains("match_user_or_device_id"))
            let (_, prefix) = try await client.get("/api/2/usersearch?user=%C3%A4%2Bb%20%25_")
            #expect(prefix.contains("match_user_prefix"))
            let (_, wildcard) = try await client.get("/api/2/usersearch?user=%25")
            #expect(wildcard == "{\"matches\":[],\"type\":\"nomatch\"}")
        }
    }

    @Test("somebody of whom only properties are known was never seen")
    func neverSeen() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(
                events: """
                    [{"user_id":"user-1","device_id":"device-1","event_type":"$identify","user_properties":{"a":1}}]
                    """
            )
            let (_, body) = try await client.get("/api/2/usersearch?user=user-1")
            #expect(body.contains("\"last_device_id\":\"device-1\""))
            #expect(body.contains("\"last_seen\":null"))
            let (_, activity) = try await client.get("/api/2/useractivity?user=1")
            #expect(activity.contains("\"num_events\":0"))
            #expect(activity.contains("\"properties\":{\"a\":1}"))
            #expect(activity.hasSuffix("\"events\":[]}"))
        }
    }

    @Test(
        "a mapped user stays somebody; the one that it is mapped to has both streams, until the mapping is taken back"
    )
    func mapping() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            func map(_ mapping: String) async throws {
                let form = "api_key=\(TestServer.apiKey)&mapping=\(mapping)"
                #expect(try await client.request(.post, "/usermap", form).body == "success")
            }
            try await map("{\"user_id\":\"ann-1\",\"global_user_id\":\"bob-1\"}")
            let (_, bob) = try await client.get("/api/2/useractivity?user=2")
            #expect(bob.contains("\"merged_amplitude_ids\":[1,3],\"num_events\":5,"))
            #expect(bob.contains("\"properties\":{\"color\":\"blue\",\"plan\":\"pro\"}"), "properties are not shared")
            let (_, ann) = try await client.get("/api/2/useractivity?user=1")
            #expect(ann.contains("\"canonical_amplitude_id\":1,\"merged_amplitude_ids\":[],\"num_events\":2,"))
            try await map("{\"user_id\":\"ann-1\",\"unmap\":true}")
            let (_, alone) = try await client.get("/api/2/useractivity?user=2")
            #expect(alone.contains("\"merged_amplitude_ids\":[3],\"num_events\":3,"))
        }
    }
}

@Suite struct UserActivityTests {
    @Test(
        "answers",
        arguments: [
            ("one-key", "user=1"), ("merged", "user=2"), ("from-merged-id", "user=3&limit=1"),
            ("earliest", "user=2&direction=earliest&offset=1&limit=1"), ("nobody", "user=12345678901234"),
            ("zero", "user=0"), ("nobody", "user=nobody"), ("one-key", "user=ann-1"), ("merged", "user=bob-1"),
        ]
    )
    func golden(name: String, query: String) async throws {
        let (status, body) = try await ask("/api/2/useractivity?\(query)")
        #expect(status == 200)
        try expectGolden(body, "useractivity-\(name)")
    }

    @Test("keys come in the documents' order, those of events in that of exports, all of them always")
    func order() async throws {
        let (_, body) = try await ask("/api/2/useractivity?user=4")
        #expect(
            keys(of: body, inside: "\"userData\":") == [
                "user_id", "canonical_amplitude_id", "merged_amplitude_ids", "num_events", "num_sessions", "usage_time",
                "first_used", "last_used", "purchases", "revenue", "platform", "os", "version", "device", "device_type",
                "carrier", "country", "region", "city", "dma", "language", "start_version", "device_ids",
                "last_device_id", "last_location", "properties",
            ]
        )
        let event = keys(of: body, inside: "\"events\":[")
        #expect(event.count == 56 && event == event.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    /// The keys of the first object behind `mark`, in whose inner objects are two layers at most.
    private func keys(of body: String, inside mark: String) -> [String] {
        guard let start = body.range(of: mark + "{") else { return [] }
        // Without what stands in objects of its own.
        let object = body[start.upperBound...].replacing(/{[^{}]*}/, with: "0").replacing(/{[^{}]*}/, with: "0")
            .prefix { $0 != "}" }
        return object.matches(of: /"([a-z_$]+)":/).map { String($0.1) }
    }

    @Test("an event keeps its UUID, and no two have the same")
    func uuids() async throws {
        let pattern = /"uuid":"([0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"/
        let first = try await ask("/api/2/useractivity?user=2").body.matches(of: pattern).map { String($0.1) }
        let again = try await ask("/api/2/useractivity?user=2").body.matches(of: pattern).map { String($0.1) }
        #expect(first.count == 3 && Set(first).count == 3)
        #expect(first == again)
    }

    @Test("inactive types open no session, hidden and deleted ones lengthen none, at once and for the past")
    func settings() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            func sessions() async throws -> String {
                let (_, body) = try await client.get("/api/2/useractivity?user=1")
                return body.matches(of: /"num_sessions":\d+,"usage_time":\d+/).first.map { String($0.0) } ?? body
            }
            #expect(try await sessions() == "\"num_sessions\":1,\"usage_time\":60000")
            for (off, on) in [
                ("is_hidden_from_dropdowns=true", "is_hidden_from_dropdowns=false"),
                ("is_active=false", "is_active=true"),
            ] {
                #expect(try await client.request(.put, "/api/2/taxonomy/event/Buy", off).status == 200)
                #expect(try await sessions() == "\"num_sessions\":1,\"usage_time\":0")
                #expect(try await client.request(.put, "/api/2/taxonomy/event/Buy", on).status == 200)
            }
            try await client.request(.delete, "/api/2/taxonomy/event/Buy")
            #expect(try await sessions() == "\"num_sessions\":1,\"usage_time\":0")
            try await client.request(.put, "/api/2/taxonomy/event/Play", "is_active=false")
            #expect(try await sessions() == "\"num_sessions\":1,\"usage_time\":0")
            try await client.request(.post, "/api/2/taxonomy/event/Buy/restore")
            try await client.request(.put, "/api/2/taxonomy/event/Buy", "is_active=false")
            #expect(try await sessions() == "\"num_sessions\":0,\"usage_time\":0")
        }
    }

    @Test("somebody unknown has every field of somebody known, and all numbers are numbers")
    func fields() async throws {
        let nobody = try AnswerBody(try await ask("/api/2/useractivity?user=999999").body)
        let ann = try AnswerBody(try await ask("/api/2/useractivity?user=1").body)
        #expect(nobody.keys(at: "userData") == ann.keys(at: "userData"))
        #expect(nobody.keys(at: "userData").count == 26)
        #expect(nobody.at("events") == "[]")
        for name in ["canonical_amplitude_id", "first_used", "last_used", "last_location"] {
            #expect(nobody.at("userData", name) == "null", "\(name)")
        }
        for name in ["num_events", "num_sessions", "usage_time", "purchases", "revenue"] {
            #expect(nobody.at("userData", name) == "0", "\(name)")
        }
        for name in ["user_id", "platform", "country", "dma", "start_version", "last_device_id"] {
            #expect(nobody.at("userData", name) == "\"\"", "\(name)")
        }
        #expect(ann.at("userData", "purchases") == "1" && ann.at("userData", "revenue") == "9.98")
    }

    @Test("more than the most events gives the most")
    func mostEvents() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let list = (0..<1_001).map { "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"time\":\($0)}" }
            try await client.post(events: "[\(list.joined(separator: ","))]")
            let (status, body) = try await client.get("/api/2/useractivity?user=1&limit=5000")
            #expect(status == 200)
            #expect(try AnswerBody(body).count(at: "events") == 1000)
        }
    }

    @Test("a session at the limit is listed to its end")
    func wholeSessions() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let sessions = [1, 1, 1, 2, 2, -1, -1, 3]
            let list = sessions.enumerated().map { index, session in
                "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"time\":\(100 + index),\"session_id\":\(session)}"
            }
            try await client.post(events: "[\(list.joined(separator: ","))]")
            func listed(_ query: String) async throws -> [Int] {
                let (_, body) = try await client.get("/api/2/useractivity?user=1&\(query)")
                return body.matches(of: /"session_id":(-?\d+)/).compactMap { Int($0.1) }
            }
            #expect(try await listed("limit=1") == [3])
            #expect(try await listed("limit=2") == [3, -1], "what is in no session is no session to keep whole")
            #expect(try await listed("limit=4") == [3, -1, -1, 2, 2])
            #expect(try await listed("limit=1&offset=5") == [1, 1, 1])
            #expect(try await listed("limit=4&direction=earliest") == [1, 1, 1, 2, 2])
            #expect(try await listed("offset=8").isEmpty)
        }
    }

    @Test("moments that no calendar has are shown as its edge")
    func wildTimes() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(
                events: "[{\"user_id\":\"user-1\",\"event_type\":\"A\",\"time\":-9223372036854775808}]"
            )
            // A sender's clock that is off by ten thousand years moves its event by as much.
            let late = "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"time\":0}"
            let time = "\"client_upload_time\":-300000000000000"
            _ = try await client.post(body: "{\"api_key\":\"\(TestServer.apiKey)\",\(time),\"events\":[\(late)]}")
            let (status, body) = try await client.get("/api/2/useractivity?user=1")
            #expect(status == 200)
            #expect(body.contains("\"event_time\":\"9999-12-31 23:59:59.999000\""))
            #expect(body.contains("\"event_time\":\"0001-01-01 00:00:00.000000\""))
            #expect(body.contains("\"first_used\":\"0001-01-02\",\"last_used\":\"9999-12-30\""))
        }
    }

    @Test(
        "mistakes name the parameter and a valid value",
        arguments: [
            ("useractivity", "user is required: an Amplitude ID, such as user=12345, or a user id"),
            ("useractivity?user=%20", "user is required: an Amplitude ID, such as user=12345, or a user id"),
            ("useractivity?user=-1", "user must be an Amplitude ID, such as user=12345, or a user id"),
            (
                "useractivity?user=1&limit=0",
                "limit must be a whole number from 1 on, such as limit=1000; 1000 are answered at most"
            ),
            (
                "useractivity?user=1&limit=x",
                "limit must be a whole number from 1 on, such as limit=1000; 1000 are answered at most"
            ),
            ("useractivity?user=1&offset=-1", "offset must be from 0 to 1000000000, such as offset=0"),
            ("useractivity?user=1&direction=newest", "direction must be latest or earliest"),
            (
                "usersearch",
                "user is required: an Amplitude ID, a device id, or the beginning of a user id, such as user=ann"
            ),
            (
                "usersearch?user=",
                "user is required: an Amplitude ID, a device id, or the beginning of a user id, such as user=ann"
            ),
        ]
    )
    func mistakes(path: String, message: String) async throws {
        let (status, body) = try await ask("/api/2/\(path)")
        #expect(status == 400)
        let error = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: [String: Any]]
        #expect(error?["error"]?["message"] as? String == message)
    }

    @Test("only both keys open the door", arguments: ["useractivity?user=1", "usersearch?user=1", "events/list"])
    func authorization(path: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let (status, body) = try await client.get(
                "/api/2/\(path)",
                authorization: "Bearer \(TestServer.apiKey)"
            )
            #expect(status == 401)
            try expectGolden(body, "unauthorized")
        }
    }
}

@Suite struct EventListTests {
    /// 2024-02-26 was a Monday; the clock says Friday noon.
    private static let monday: Int64 = 1_708_905_600_000
    private static let hour: Int64 = 3_600_000

    @Test("answers, hidden ones left out")
    func golden() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: events)
            try await client.request(.put, "/api/2/taxonomy/event/Play", "display_name=Played&is_active=false")
            try await client.request(
                .put,
                "/api/2/taxonomy/event/Buy",
                "is_hidden_from_pathfinder=true&is_hidden_from_persona_results=true&is_hidden_from_timeline=true"
            )
            try await client.request(.delete, "/api/2/taxonomy/event/Buy")
            try await client.request(.put, "/api/2/taxonomy/event/Stop", "is_hidden_from_dropdowns=true")
            try await client.request(.post, "/api/2/taxonomy/event", "event_type=Planned")
            let (status, body) = try await client.get("/api/2/events/list")
            #expect(status == 200)
            try expectGolden(body, "events-list")
            try await client.request(.put, "/api/2/taxonomy/event/Stop", "is_hidden_from_dropdowns=false")
            let (_, shown) = try await client.get("/api/2/events/list")
            let names = shown.matches(of: /"name":"(\w+)"/).map { String($0.1) }
            #expect(names == ["Buy", "Play", "Stop"])
        }
    }

    @Test("nothing received is an empty list")
    func empty() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let answer = try await client.get("/api/2/events/list")
            #expect(answer == (200, "{\"data\":[]}"))
        }
    }

    @Test(
        "a week begins on Monday, in the project's zone; the week before counts up to the same moment",
        arguments: [("UTC", 0), ("America/New_York", 5), ("Asia/Kolkata", -5)]
    )
    func week(zone: String, offset: Int64) async throws {
        let server = try TestServer(timeZone: try #require(ProjectTimeZone(name: zone)))
        try await server.application.test(.router) { client in
            // India is half an hour off.
            let start = Self.monday + offset * Self.hour - (zone == "Asia/Kolkata" ? Self.hour / 2 : 0)
            let week = 7 * 24 * Self.hour
            let now = TestServer.now.milliseconds
            let times = [
                start - week - 1, start - week, now - week - 1, now - week, start - 1, start, now, start + week - 1,
                start + week,
            ]
            let list = times.map { "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"time\":\($0)}" }
            try await client.post(events: "[\(list.joined(separator: ","))]")
            let (_, body) = try await client.get("/api/2/events/list")
            #expect(body.contains("\"totals\":3,\"totals_delta\":1}"), "\(body)")
        }
    }
}
