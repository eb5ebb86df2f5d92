import EventModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

@testable import AmplitudeAPI

/// `GET /api/2/export` over HTTP. What is in the file is looked at in EventExportTests, and by another program in
/// EndToEndTests.
@Suite struct ExportTests {
    private func export(
        _ client: some TestClientProtocol,
        _ query: String,
        method: HTTPRequest.Method = .get
    ) async throws -> (status: Int, type: String?, body: [UInt8]) {
        var headers: HTTPFields = [:]
        headers[.authorization] = TestServer.credentials
        return try await client.execute(uri: "/api/2/export?\(query)", method: method, headers: headers) { response in
            (response.status.code, response.headers[.contentType], Array(buffer: response.body))
        }
    }

    @Test("a zip where there are events, a 404 where there are none")
    func file() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(events: "[{\"user_id\":\"user-one\",\"event_type\":\"A\"}]")
            let found = try await export(client, "start=20240301T12&end=20240301T12")
            #expect(found.status == 200 && found.type == "application/zip" && found.body.starts(with: Array("PK".utf8)))
            #expect(String(decoding: found.body, as: UTF8.self).contains("1/1_2024-03-01_12#0.json.gz"))
            let head = try await export(client, "start=20240301T12&end=20240301T12", method: .head)
            #expect(head.status == 200 && head.type == "application/zip" && head.body.isEmpty)
            let nothing = try await export(client, "start=20240301T13&end=20240302T12")
            #expect(nothing.status == 404 && nothing.type == "application/json")
            #expect(String(decoding: nothing.body, as: UTF8.self).contains("\"Raw data files were not found.\""))
        }
    }

    @Test(
        "what is no hour is refused with one that is",
        arguments: [
            ("", "start"), ("start=20240301T12", "end"), ("start=20240301&end=20240301T12", "start"),
            ("start=20240301T12&end=20240301T24", "end"), ("start=20240230T12&end=20240301T12", "start"),
            ("start=20240301T12&end=20240301T11", "end"), ("start=20230301T12&end=20240229T12", "365 days"),
            ("start=00000101T00&end=00000101T00", "start"), ("start=20240301T12&end=20240301T12Z", "end"),
        ]
    )
    func mistakes(query: String, named: String) async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let answer = try await export(client, query)
            let body = String(decoding: answer.body, as: UTF8.self)
            #expect(answer.status == 400 && body.contains(named), "\(body)")
        }
    }

    @Test("an identify is no event, and in no export")
    func identifies() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            try await client.post(
                events: """
                    [{"user_id":"user-one","event_type":"$identify","user_properties":{"$set":{"a":1}}},
                     {"user_id":"user-one","event_type":"A","insert_id":"of A"}]
                    """
            )
            #expect(try insertIDs(try await export(client, "start=20240301T12&end=20240301T12").body) == ["of A"])
            let page = try await client.get("/api/v1/export")
            #expect(page.body.matches(of: /"event_type":"([^"]+)"/).map { $0.1 } == ["A"], "\(page)")
        }
    }

    @Test("a year is as much as there can be")
    func year() async throws {
        let server = try TestServer()
        try await server.application.test(.router) { client in
            let answer = try await export(client, "start=20230301T12&end=20240229T11")
            #expect(answer.status == 404)
        }
    }

    @Test("hours fetched as they end, while events come in, miss nothing and double nothing")
    func consecutive() async throws {
        let hourMs: Int64 = 3_600_000
        let clock = TestClock(step: 333)
        let server = try TestServer(clock: clock)
        try await server.application.test(.router) { client in
            let seen = Seen()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<4 {
                    group.addTask {
                        for number in 0..<150 {
                            let answer = try await client.post(
                                events:
                                    "[{\"user_id\":\"user-\(sender)\",\"event_type\":\"A\",\"insert_id\":\"\(sender)/\(number)\"}]"
                            )
                            #expect(answer.status == 200)
                            seen.sent.withLock { $0 += 1 }
                            // The day goes on in large steps.
                            if number % 10 == 9 { clock.goOn(hourMs / 5) }
                        }
                    }
                }
                group.addTask {
                    var hour = TestServer.now.milliseconds / hourMs
                    while true {
                        let isDone = seen.sent.withLock { $0 == 600 }
                        let isOver = clock.now().milliseconds >= (hour + 1) * hourMs
                        if !isOver, !isDone {
                            try await Task.sleep(for: .milliseconds(2))
                            continue
                        }
                        let day = CalendarDate(daysSinceEpoch: Int(hour / 24)).iso.filter { $0 != "-" }
                        let name = "\(day)T\(hour % 24 < 10 ? "0" : "")\(hour % 24)"
                        let file = try await export(client, "start=\(name)&end=\(name)")
                        if file.status == 200 {
                            let found = try insertIDs(file.body)
                            seen.ids.withLock { $0 += found }
                        }
                        if !isOver { break }
                        hour += 1
                    }
                }
                try await group.waitForAll()
                let all = seen.ids.withLock { $0 }
                #expect(all.count == 600 && Set(all).count == 600)
            }
        }
    }

    private final class Seen: Sendable {
        let sent = Mutex(0)
        let ids = Mutex<[String]>([])
    }

    /// Of all rows, by another program.
    private func insertIDs(_ zip: [UInt8]) throws -> [String] {
        try lines(ofExport: zip).compactMap { $0.firstMatch(of: /"\$insert_id":"([^"]*)"/).map { String($0.1) } }
    }
}

/// The lines of all members of a zip, as another program reads it.
func lines(ofExport zip: [UInt8]) throws -> [String] {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).zip")
    try Data(zip).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    let text = try Python.run(
        """
        import gzip, sys, zipfile
        with zipfile.ZipFile(sys.argv[1]) as file:
            for name in file.namelist():
                sys.stdout.write(gzip.decompress(file.read(name)).decode())
        """,
        path.path
    )
    return text.split(separator: "\n").map(String.init)
}
