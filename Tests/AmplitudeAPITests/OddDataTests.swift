import Foundation
import HTTPEdge
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import AmplitudeAPI

private let good = "{\"user_id\":\"good-user\",\"event_type\":\"Good\"}"

/// A project in which these requests were taken, asked a question each.
private func ask(_ requests: [String], _ paths: [String], to path: String = "/batch") async throws -> [String] {
    let server = try TestServer()
    return try await server.application.test(.router) { client in
        for events in requests {
            let body = "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":\(events)}"
            let (status, text) = try await client.send(Array(body.utf8), to: path)
            #expect(status == 200, "\(text)")
        }
        var answers: [String] = []
        for path in paths { answers.append(try await client.get(path).body) }
        return answers
    }
}

extension TestClientProtocol {
    fileprivate func send(_ body: [UInt8], to path: String) async throws -> (status: Int, body: String) {
        try await execute(uri: path, method: .post, body: ByteBuffer(bytes: body)) { response in
            (response.status.code, String(buffer: response.body))
        }
    }
}

private func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
}

private let days = "start=20240301&end=20240301"

private func grouped(_ type: String, by property: String, _ kind: String) -> String {
    let event =
        "{\"event_type\":\"\(type)\",\"group_by\":[{\"type\":\"\(kind)\",\"value\":\"\(property)\"}]}"
    return "/api/2/events/segmentation?\(days)&m=totals&e=\(escaped(event))"
}

private func uniques(_ type: String) -> String {
    "/api/2/events/segmentation?\(days)&m=uniques&e=\(escaped("{\"event_type\":\"\(type)\"}"))"
}

/// What is sent in the field, and what became of it by the time it is asked for.
@Suite("odd data, sent and asked for") struct OddDataTests {
    @Test("texts that were cut through a character")
    func halves() async throws {
        let events = """
            [\(good),{"user_id":"other-user","event_type":"Odd","event_properties":{"text":"xxx\\ud83d","te\\ud83d":"v"},
             "user_properties":{"bio":"\\ude00\\ud83d!","whole":"\\ud83d\\ude00"}}]
            """
        let answers = try await ask(
            [events],
            [
                grouped("Odd", by: "text", "event"), grouped("Odd", by: "te\u{FFFD}", "event"),
                grouped("Odd", by: "bio", "user"), grouped("Odd", by: "whole", "user"),
            ]
        )
        for (answer, label) in zip(answers, ["xxx\u{FFFD}", "v", "\u{FFFD}\u{FFFD}!", "😀"]) {
            #expect(answer.contains("[[0,\"\(label)\"]]"), "\(answer)")
        }
    }

    @Test("a byte-order mark, also compressed", arguments: ["/2/httpapi", "/batch"])
    func byteOrderMark(path: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let body = [0xEF, 0xBB, 0xBF] + Array("{\"api_key\":\"\(TestServer.apiKey)\",\"events\":[\(good)]}".utf8)
            let (status, _) = try await client.send(body, to: path)
            #expect(status == 200)
        }
    }

    @Test("ids that are whole numbers, however long")
    func longIDs() async throws {
        let answers = try await ask(
            [
                """
                [{"user_id":12345678901234567890,"event_type":"Big"},{"user_id":12345678901234567891,"event_type":"Big"},
                 {"device_id":18446744073709551615,"event_type":"Wide"},{"device_id":18446744073709551614,"event_type":"Wide"},
                 {"device_id":"device-1","insert_id":12345678901234567890,"event_type":"Once"},
                 {"device_id":"device-1","insert_id":12345678901234567891,"event_type":"Once"},
                 {"device_id":"device-1","insert_id":12345678901234567891,"event_type":"Once"},
                 {"user_id":1234567890123456789012345678901234567890,"event_type":"Huge"}]
                """
            ],
            [
                uniques("Big"), uniques("Wide"),
                "/api/2/events/segmentation?\(days)&m=totals&e=\(escaped("{\"event_type\":\"Once\"}"))",
                "/api/2/usersearch?user=12345678901234567891",
                "/api/2/usersearch?user=1234567890123456789012345678901234567890",
            ]
        )
        for answer in answers.prefix(3) { #expect(answer.contains("\"series\":[[2]]"), "\(answer)") }
        #expect(answers[3].contains("\"user_id\":\"12345678901234567891\""))
        #expect(answers[4].contains("\"user_id\":\"1234567890123456789012345678901234567890\""))
    }

    @Test("a number written as text adds; a word does not; a quantity of 0 leaves the revenue")
    func numbers() async throws {
        func identify(_ properties: String) -> String {
            "{\"user_id\":\"adder\",\"event_type\":\"$identify\",\"user_properties\":\(properties)}"
        }
        let answers = try await ask(
            [
                "[\(identify("{\"$set\":{\"a\":1}}")),\(identify("{\"$add\":{\"a\":\"2\"}}")),\(identify("{\"$add\":{\"a\":\"two\"}}")),"
                    + "{\"user_id\":\"adder\",\"event_type\":\"Buy\",\"price\":10,\"quantity\":0,\"revenue\":7}]"
            ],
            ["/api/2/useractivity?user=1"]
        )
        #expect(answers[0].contains("\"user_properties\":{\"a\":3}"))
        #expect(answers[0].contains("\"revenue\":7,"))
    }

    @Test("a U+0000 in a value is found again, whole")
    func zeros() async throws {
        let answers = try await ask(
            [
                """
                [{"user_id":"zero-user","event_type":"Z","event_properties":{"note":"a\\u0000b"},"platform":"i\\u0000",
                  "user_properties":{"n":"x\\u0000y"}},
                 {"user_id":"zero-user","event_type":"Z","event_properties":{"note":"a"},"platform":"i","user_properties":{"n":"x"}}]
                """
            ],
            [
                grouped("Z", by: "note", "event"), grouped("Z", by: "platform", "user"), grouped("Z", by: "n", "user"),
            ]
        )
        for (answer, labels) in zip(answers, [["a", "a\\u0000b"], ["i", "i\\u0000"], ["x", "x\\u0000y"]]) {
            let found = "[[0,\"\(labels[0])\"],[0,\"\(labels[1])\"]]"
            #expect(answer.contains(found), "\(answer)")
        }
    }

    @Test("what cannot be stored is named by its place, through every door", arguments: ["/2/httpapi", "/batch"])
    func refusals(path: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for (fields, field) in [
                ("\"event_properties\":{\"price\\u0000x\":1}", "event_properties"),
                ("\"session_id\":1e400", "session_id"),
                ("\"time\":1709294400000000", "time"), ("\"device_id\":\"d\\u0000\"", "device_id"),
            ] {
                let events = "[\(good),{\"user_id\":\"some-user\",\"event_type\":\"A\",\(fields)}]"
                let body = "{\"api_key\":\"\(TestServer.apiKey)\",\"events\":\(events)}"
                let (status, text) = try await client.send(Array(body.utf8), to: path)
                #expect(status == 400)
                #expect(text.contains("\"events_with_invalid_fields\":{\"\(field)\":[1]}"), "\(text)")
            }
        }
        #expect(try server.storedEvents().isEmpty, "nothing of any request is stored")
    }

    @Test("more than a person may have is named by its place, and kept as refused; through forms, too")
    func personLimits() async throws {
        let server = try TestServer()
        @Sendable func properties(_ numbers: Range<Int>) -> String {
            "{\(numbers.map { "\"p\($0)\":1" }.joined(separator: ","))}"
        }
        @Sendable func event(_ numbers: Range<Int>) -> String {
            "{\"user_id\":\"some-user\",\"event_type\":\"A\",\"user_properties\":\(properties(numbers))}"
        }
        try await server.application.test(.router) { client in
            let (first, _) = try await client.post(events: "[\(event(0..<700))]")
            #expect(first == 200)
            let (status, body) = try await client.post(events: "[\(good),\(event(700..<1_100))]")
            #expect(status == 400)
            #expect(
                body == "{\"code\":400,\"error\":\"Invalid field values on some events\","
                    + "\"events_with_invalid_fields\":{\"user_properties\":[1]}}"
            )
            let identification = "{\"user_id\":\"some-user\",\"user_properties\":\(properties(700..<1_100))}"
            let form = "api_key=\(TestServer.apiKey)&identification=\(escaped(identification))"
            let (formStatus, word) = try await client.send(Array(form.utf8), to: "/identify")
            #expect(formStatus == 400 && word == "invalid_event_field. Invalid fields [user_properties].")
        }
        #expect(try server.storedEvents().count == 1)
        #expect(try server.rejects().map(\.path) == ["/identify", "/2/httpapi"])
        let ledger = try server.ledger()
        #expect(ledger.received == 4 && ledger.stored == 1 && ledger.rejected == 3 && ledger.balances)
    }

    @Test("a name with a U+0000 sent, the honest one is taken and found")
    func poison() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            for (fields, status) in [
                ("\"event_properties\":{\"price\\u0000x\":1}", 400), ("\"event_properties\":{\"price\":1}", 200),
                ("\"user_properties\":{\"plan\\u0000x\":1}", 400), ("\"user_properties\":{\"plan\":1}", 200),
            ] {
                let (found, _) = try await client.post(
                    events: "[{\"user_id\":\"user-one\",\"event_type\":\"A\",\(fields)}]"
                )
                #expect(found == status, "\(fields)")
            }
            let (_, body) = try await client.get(grouped("A", by: "price", "event"))
            #expect(body.contains("[0,\"1\"]"), "\(body)")
        }
    }

    @Test("what the server adds to a bare event, and what it leaves", arguments: ["/2/httpapi", "/batch"])
    func bare(path: String) async throws {
        let activity = "/api/2/useractivity?user=1"
        let bare = "{\"user_id\":\"bare-user\",\"event_type\":\"Bare\"}"
        let answers = try await ask(["[\(bare),\(bare)]"], [activity, activity], to: path)
        #expect(answers[0] == answers[1], "the same each time")
        let answer = answers[0]
        #expect(answer.matches(of: /"library":"http\/2.0"/).count == 2)
        #expect(answer.matches(of: /"data":{"path":"([^"]*)"/).map { String($0.1) } == [path, path])
        let uuid = /"\$insert_id":"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"/
        let insertIDs = answer.matches(of: uuid).map { String($0.1) }
        let uuids = answer.matches(of: /"uuid":"([^"]*)"/).map { String($0.1) }
        #expect(Set(insertIDs + uuids).count == 4, "both events are stored, each with its own: \(answer)")
        let eventIDs = answer.matches(of: /"event_id":([0-9]{1,9}),/).map { String($0.1) }
        #expect(Set(eventIDs).count == 2)
        let sent =
            "{\"user_id\":\"bare-user\",\"event_type\":\"Sent\",\"event_id\":12,\"insert_id\":\"mine-1\","
            + "\"library\":\"amplitude-ts/2.1.0\"}"
        let kept = try await ask(["[\(sent)]"], [activity], to: path)[0]
        for part in ["\"event_id\":12,", "\"$insert_id\":\"mine-1\"", "\"library\":\"amplitude-ts/2.1.0\""] {
            #expect(kept.contains(part), "\(kept)")
        }
    }
}
