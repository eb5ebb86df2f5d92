import EventModel
import Testing

@testable import Ingestion

struct BadRequest: Sendable, CustomStringConvertible {
    var body: String
    var error: String
    var missingField: String?
    var invalid: [String: [Int]] = [:]
    var missing: [String: [Int]] = [:]
    var short: [String: [Int]] = [:]

    var description: String { body }
}

private func request(_ events: String) -> String { "{\"api_key\":\"key\",\"events\":[\(events)]}" }

private let good = "{\"user_id\":\"user-1\",\"event_type\":\"A\"}"

@Suite struct RequestDecoderTests {
    @Test(
        "refusals name every bad event",
        arguments: [
            BadRequest(body: "", error: "Missing request body"),
            BadRequest(body: "{", error: "Invalid JSON request body"),
            BadRequest(body: "[]", error: "Invalid JSON request body"),
            BadRequest(body: "{\"events\":[]}", error: "Request missing required field", missingField: "api_key"),
            BadRequest(body: "{\"api_key\":5}", error: "Request missing required field", missingField: "api_key"),
            BadRequest(body: "{\"api_key\":\"key\"}", error: "Request missing required field", missingField: "events"),
            BadRequest(
                body: "{\"api_key\":\"key\",\"events\":{}}",
                error: "Request missing required field",
                missingField: "events"
            ),
            BadRequest(body: request("1"), error: "Invalid event JSON"),
            BadRequest(body: request("\(good),null"), error: "Invalid event JSON"),
            BadRequest(
                body: request("{\"event_type\":\"A\"}"),
                error: "Request missing required field",
                missing: ["user_id": [0]]
            ),
            BadRequest(
                body: request(
                    "\(good),{\"user_id\":\" \",\"device_id\":\"\",\"event_type\":\"A\"},{\"event_type\":\"A\"}"
                ),
                error: "Request missing required field",
                missing: ["user_id": [1, 2]]
            ),
            BadRequest(
                body: request("{\"user_id\":\"user-1\"},\(good),{\"user_id\":\"user-1\",\"event_type\":\"\"}"),
                error: "Request missing required field",
                missing: ["event_type": [0, 2]]
            ),
            BadRequest(
                body: request("{},{\"event_type\":\"[Amplitude] Revenue\"},{\"user_id\":\"none\"}"),
                error: "Request missing required field",
                invalid: ["event_type": [1], "user_id": [2]],
                missing: ["user_id": [0, 1], "event_type": [0, 2]]
            ),
            BadRequest(
                body: request("{\"user_id\":\"user\",\"device_id\":\"device\",\"event_type\":\"A\"}"),
                error: "Invalid id length for user_id or device_id",
                invalid: ["user_id": [0]],
                short: ["user_id": [0]]
            ),
            BadRequest(
                body: request(
                    "{\"device_id\":1234,\"event_type\":\"A\"},{\"user_id\":\"  abcd \",\"event_type\":\"A\"}"
                ),
                error: "Invalid id length for user_id or device_id",
                invalid: ["device_id": [0], "user_id": [1]],
                short: ["device_id": [0], "user_id": [1]]
            ),
            BadRequest(
                body: request(
                    "{\"user_id\":\"Anonymous\",\"event_type\":\"A\"},{\"user_id\":\"NULL\",\"event_type\":\"A\"}"
                ),
                error: "Invalid field values on some events",
                invalid: ["user_id": [0, 1]]
            ),
            BadRequest(
                body: request(
                    "{\"user_id\":\"user-1\",\"device_id\":\"00000000-0000-0000-0000-000000000000\",\"event_type\":\"A\"}"
                ),
                error: "Invalid field values on some events",
                invalid: ["device_id": [0]]
            ),
            BadRequest(
                body: request("{\"user_id\":\"user-1\",\"event_type\":\"A\",\"time\":\"2024-01-01T00:00:00Z\"}"),
                error: "Invalid field values on some events",
                invalid: ["time": [0]]
            ),
            BadRequest(
                body: request("{\"user_id\":\"user-1\",\"event_type\":\"A\",\"time\":1.5,\"session_id\":\"x\"}"),
                error: "Invalid field values on some events",
                invalid: ["time": [0], "session_id": [0]]
            ),
            BadRequest(
                body: request("{\"user_id\":\"user-1\",\"event_type\":\"A\",\"event_properties\":[1],\"platform\":{}}"),
                error: "Invalid field values on some events",
                invalid: ["event_properties": [0], "platform": [0]]
            ),
            BadRequest(
                body: request(
                    "{\"user_id\":\"user-1\",\"event_type\":\"[Amplitude] Revenue\"},{\"user_id\":\"user-1\",\"event_type\":7}"
                ),
                error: "Invalid field values on some events",
                invalid: ["event_type": [0, 1]]
            ),
            BadRequest(
                body: request(
                    "{\"user_id\":true,\"event_type\":\"A\"},{\"user_id\":[\"user-1\"],\"event_type\":\"A\"}"
                ),
                error: "Invalid field values on some events",
                invalid: ["user_id": [0, 1]]
            ),
            BadRequest(
                body: request(
                    "{\"event_type\":\"A\"},{\"user_id\":\"u\",\"event_type\":\"A\"},{\"user_id\":\"user-1\",\"event_type\":\"A\",\"time\":\"x\"}"
                ),
                error: "Request missing required field",
                invalid: ["user_id": [1], "time": [2]],
                missing: ["user_id": [0]],
                short: ["user_id": [1]]
            ),
        ]
    )
    func refusals(_ c: BadRequest) throws {
        let refusal = #expect(throws: RequestRefusal.self) {
            try RequestDecoder.decode(Array(c.body.utf8)).events.get()
        }
        #expect(refusal?.error == c.error)
        #expect(refusal?.missingField == c.missingField)
        #expect(refusal?.invalidFields == c.invalid)
        #expect(refusal?.missingFields == c.missing)
        #expect(refusal?.invalidIDLengths == c.short)
    }

    @Test("what an event may say")
    func fields() throws {
        let body = """
            {"api_key":"key","client_upload_time":"2024-01-01T00:00:00.5Z","unknown":1,"options":{"min_id_length":1},
             "events":[{"user_id":" u1 ","device_id":42,"event_type":"Played","time":1704067200000,"session_id":-1,
                "event_id":7,"insert_id":"i","version_name":"1.2","os_name":"ios","country":"DE","library":"x/1",
                "event_properties":{"a":1.0,"b":null,"c":[1,{"d":null}],"é":"東"},
                "user_properties":{"plan":"pro","gone":null},"groups":{"team":["x"]},"ip":"127.0.0.1","plan":null}]}
            """
        let decoded = try RequestDecoder.decode(Array(body.utf8))
        let batch = try decoded.events.get()
        #expect(decoded.apiKey == "key")
        #expect(batch.uploadTime == Timestamp(milliseconds: 1_704_067_200_500))
        let event = try #require(batch.readEvents.first)
        #expect(batch.events.count == 1)
        #expect(event.userID == "u1")
        #expect(event.deviceID == "42")
        #expect(event.type == "Played")
        #expect(event.time == Timestamp(milliseconds: 1_704_067_200_000))
        #expect(event.sessionID == -1)
        #expect(event.eventID == 7)
        #expect(event.insertID == "i")
        #expect(event.context[.version] == "1.2")
        #expect(event.context[.osName] == "ios")
        #expect(event.context[.country] == "DE")
        #expect(event.context[.library] == "x/1")
        #expect(event.eventProperties == "{\"a\":1,\"c\":[1,{\"d\":null}],\"é\":\"東\"}")
        #expect(event.eventPropertyNames == ["a", "c", "é"])
        #expect(event.userProperties.map(\.key) == ["plan"])
        #expect(event.extras == "{\"ip\":\"127.0.0.1\",\"groups\":{\"team\":[\"x\"]}}")
    }

    @Test("no events is no error")
    func empty() throws {
        #expect(try RequestDecoder.decode(Array(request("").utf8)).events.get().events.isEmpty)
    }

    @Test("damaged requests are refused or read, and never crash", arguments: 0..<50)
    func fuzz(seed: Int) {
        var random = SystemRandomNumberGenerator()
        let whole = Array(
            request(
                "\(good),{\"device_id\":\"d-1234\",\"event_type\":\"B\",\"time\":1,\"event_properties\":{\"a\":[1,2,{\"b\":\"c\"}]}}"
            ).utf8
        )
        for _ in 0..<200 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default:
                    bytes.insert(UInt8(ascii: ["{", "}", "[", "]", "\"", ",", ":", "0"].randomElement()!), at: index)
                }
            }
            _ = try? RequestDecoder.decode(bytes).events.get()
        }
    }
}
