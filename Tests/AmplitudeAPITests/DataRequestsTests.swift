import Compression
import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AmplitudeAPI

/// `/api/2/dsar/requests`: all that is known of a person.
@Suite struct DataRequestsTests {
    private static let path = "/api/2/dsar/requests"

    private func ask(
        _ client: some TestClientProtocol,
        _ body: String,
        authorization: String? = TestServer.credentials
    ) async throws -> (status: Int, body: String) {
        var headers: HTTPFields = [:]
        headers[.authorization] = authorization
        return try await client.execute(
            uri: Self.path,
            method: .post,
            headers: headers,
            body: ByteBuffer(string: body)
        ) { ($0.status.code, String(buffer: $0.body)) }
    }

    private func output(_ client: some TestClientProtocol, _ uri: String) async throws -> (status: Int, lines: [String])
    {
        var headers: HTTPFields = [:]
        headers[.authorization] = TestServer.credentials
        return try await client.execute(uri: uri, method: .get, headers: headers) { answer in
            guard answer.status == .ok else { return (answer.status.code, [String(buffer: answer.body)]) }
            #expect(answer.headers[.contentType] == "application/gzip")
            let text = String(
                decoding: try Gzip.decompress(Array(buffer: answer.body), limit: 1 << 24),
                as: UTF8.self
            )
            return (answer.status.code, text.split(separator: "\n").map(String.init))
        }
    }

    private static let days = "\"startDate\":\"2024-02-01\",\"endDate\":\"2024-02-29\""

    @Test("all events of a person, also of those who were merged, and nobody else's; of the days that were asked for")
    func whole() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            func event(_ type: String, _ day: String, _ ids: String) -> String {
                "{\(ids),\"event_type\":\"\(type)\",\"time\":\(Timestamp(iso8601: "\(day)T10:00:00Z")!.milliseconds)}"
            }
            let ann = "\"user_id\":\"ann-user\",\"device_id\":\"phone-1\""
            try await client.post(
                events: "["
                    + [
                        event("Anonymous", "2024-02-03", "\"device_id\":\"phone-1\""),
                        event("Named", "2024-02-04", ann),
                        event("Before", "2024-01-31", ann), event("First", "2024-02-01", ann),
                        event("Last", "2024-02-29", ann), event("After", "2024-03-01", ann),
                        event("Other", "2024-02-04", "\"user_id\":\"bob-user\",\"device_id\":\"phone-2\""),
                    ].joined(separator: ",") + "]"
            )
            let asked = try await ask(client, "{\"userId\":\"ann-user\",\(Self.days)}")
            #expect(asked.status == 202 && asked.body == "{\"requestId\":1}")
            let (status, state) = try await client.get("\(Self.path)/1")
            #expect(status == 200)
            #expect(state.contains("\"requestId\":1,\"userId\":\"ann-user\",\"amplitudeId\":"))
            #expect(
                state.contains(
                    "\"startDate\":\"2024-02-01\",\"endDate\":\"2024-02-29\",\"status\":\"done\",\"failReason\":null"
                )
            )
            #expect(state.contains("/api/2/dsar/requests/1/outputs/0\"],\"expires\":\"2024-03-03\"}"))
            let found = try await output(client, "\(Self.path)/1/outputs/0")
            let types = found.lines.compactMap { $0.firstMatch(of: /"event_type":"(\w+)"/).map { String($0.1) } }
            #expect(types.sorted() == ["Anonymous", "First", "Last", "Named"])
            #expect(found.lines.allSatisfy { $0.hasPrefix("{\"$insert_id\":") })

            // The same by the number, without a user id in the answer.
            let number = try #require(state.firstMatch(of: /"amplitudeId":(\d+)/)?.1)
            #expect(try await ask(client, "{\"amplitudeId\":\(number),\(Self.days)}").body == "{\"requestId\":2}")
            #expect(try await output(client, "\(Self.path)/2/outputs/0").lines.sorted() == found.lines.sorted())
            #expect(try await client.get("\(Self.path)/2").body.contains("\"userId\":null"))
        }
    }

    @Test(
        "an output without events is a file, and more of them than are read at a time are all there",
        arguments: [0, 1, 250]
    )
    func many(count: Int) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let time = Timestamp(iso8601: "2024-02-03T10:00:00Z")!.milliseconds
            let events = (0..<max(count, 1)).map { number in
                "{\"user_id\":\"ann-user\",\"event_type\":\"E\(number)\",\"time\":\(time + (count == 0 ? 86_400_000 * 60 : 0))}"
            }
            try await client.post(events: "[\(events.joined(separator: ","))]")
            _ = try await ask(client, "{\"userId\":\"ann-user\",\(Self.days)}")
            let found = try await output(client, "\(Self.path)/1/outputs/0")
            #expect(found.status == 200 && Set(found.lines).count == count)
        }
    }

    @Test("it can be fetched for two days, by whoever has both keys")
    func expiry() async throws {
        let clock = TestClock()
        let server = try TestServer(clock: clock)
        try await server.application.test(.router) { client in
            try await client.post(events: "[{\"user_id\":\"ann-user\",\"event_type\":\"A\"}]")
            let none = try await ask(client, "{\"userId\":\"ann-user\",\(Self.days)}", authorization: nil)
            #expect(none.status == 401)
            _ = try await ask(client, "{\"userId\":\"ann-user\",\(Self.days)}")
            #expect(try await client.get("\(Self.path)/1/outputs/0", authorization: nil).status == 401)
            clock.goOn(2 * 86_400_000)
            #expect(try await output(client, "\(Self.path)/1/outputs/0").status == 200)
            clock.goOn(86_400_000)
            let late = try await output(client, "\(Self.path)/1/outputs/0")
            #expect(late.status == 404 && late.lines[0].contains("2024-03-03"))
            #expect(try await client.get("\(Self.path)/1").body.contains("\"urls\":[]"))
        }
    }

    @Test(
        "mistakes name the field and a valid value",
        arguments: [
            ("{}", 400, "userId"), ("[]", 400, "userId"), ("{", 400, "userId"), ("{\"userId\":5}", 400, "userId"),
            ("{\"userId\":\"ann-user\"}", 400, "startDate"),
            ("{\"userId\":\"ann-user\",\"startDate\":\"2024-02-30\",\"endDate\":\"2024-03-01\"}", 400, "startDate"),
            ("{\"userId\":\"ann-user\",\"startDate\":\"2024-02-02\",\"endDate\":\"2024-02-01\"}", 400, "endDate"),
            ("{\"userId\":\"nobody-here\",\(days)}", 404, "nobody-here"), ("{\"amplitudeId\":99,\(days)}", 404, "99"),
        ]
    )
    func mistakes(body: String, status: Int, named: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: "[{\"user_id\":\"ann-user\",\"event_type\":\"A\"}]")
            let answer = try await ask(client, body)
            #expect(answer.status == status && answer.body.contains(named), "\(answer)")
            for path in ["1", "x", "1/outputs/0"] {
                #expect(try await client.get("\(Self.path)/\(path)").status == 404)
            }
        }
    }
}
