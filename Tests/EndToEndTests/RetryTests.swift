import Foundation
import Testing

extension EndToEnd {
    /// `Clients/retries.py` sends until the client has told its user about every event.
    @Suite("Amplitude's Python client, refused")
    struct RetryTests {
        private struct Event: Encodable {
            var type = "Play"
            var user: String?
            var device: String?
            var kilobytes = 0
        }

        private struct Report: Decodable {
            struct Told: Decodable, Hashable {
                var type: String
                var user: String
                var code: Int
                var message: String
            }

            var told: [Told]
            /// How many events the client put aside because of a 429.
            var throttled: Int

            func count(_ code: Int) -> Int { told.count { $0.code == code } }
        }

        private struct Ledger: Decodable {
            struct Counts: Decodable, Equatable {
                var received: Int
                var stored: Int
                var duplicate: Int
                var rejected: Int
            }

            struct Content: Decodable {
                var total: Counts
            }

            var data: Content
        }

        private let folder: TestFolder
        private let keys: ProjectKeys

        init() async throws {
            folder = try TestFolder()
            keys = try await folder.createProject("retries")
        }

        private func server(_ options: String) async throws -> ServerProcess {
            try await ServerProcess.start(in: folder, "--port 0 --data-dir \(folder.data.path) \(options)")
        }

        private func send(
            _ events: [Event],
            to server: ServerProcess,
            mode: String = "single",
            delaySeconds: Int = 0
        ) async throws -> Report {
            let json = String(decoding: try JSONEncoder().encode(events), as: UTF8.self)
            return try await folder.client("retries.py", server.address, keys.apiKey, mode, json, "\(delaySeconds)")
        }

        /// Events stored, by user and by their place among those that were sent.
        private func stored(_ server: ServerProcess) async throws -> [String: Int] {
            let e = #"{"event_type":"Play","group_by":[{"type":"event","value":"number"}]}"#
            return try await server.client(keys).chart(e, m: "totals", days: "20240301-20240301").collapsedGroups
        }

        private func once(_ numbers: some Sequence<Int>) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: numbers.map { ("\($0)", 1) })
        }

        private func ledger(_ server: ServerProcess) async throws -> Ledger.Counts {
            let url = "\(server.address)/api/v1/ledger"
            let answer = try await folder.bash("curl -s -m 10 -u \(keys.apiKey):\(keys.secretKey) \(url)")
            return try JSONDecoder().decode(Ledger.self, from: Data(answer.output.utf8)).data.total
        }

        @Test("413: a request that is too large is sent in smaller ones, each event once")
        func tooLarge() async throws {
            let server = try await server("--request-bytes 20000")
            let report = try await send(
                (0..<40).map { Event(user: "user-\($0)", kilobytes: 1) },
                to: server
            )
            #expect(report.told.count == 40 && report.count(200) == 40)
            #expect(try await stored(server) == once(0..<40))
            let ledger = try await ledger(server)
            #expect(ledger == .init(received: 40, stored: 40, duplicate: 0, rejected: 0))
            try await server.stop()
        }

        @Test("413: an event that is too large by itself is dropped, and no other")
        func tooLargeAlone() async throws {
            let server = try await server("--request-bytes 20000")
            var events = (0..<4).map { Event(user: "user-\($0)") }
            events[2].kilobytes = 20
            let report = try await send(events, to: server)
            #expect(report.count(200) == 3)
            let dropped = Report.Told(type: "Play", user: "user-2", code: 413, message: "Payload too large")
            #expect(report.told.filter { $0.code != 200 } == [dropped])
            #expect(try await stored(server) == once([0, 1, 3]))
            try await server.stop()
        }

        @Test("429: what is throttled waits and arrives, the rest at once; each event once")
        func throttled() async throws {
            let server = try await server("--events-per-second 2 --rate-window 2")
            let events = (0..<8).map { _ in Event(user: "ann-1") } + (0..<3).map { _ in Event(user: "bob-1") }
            // 3 seconds after the refusal, the 2 of the window have passed for whatever was taken meanwhile.
            let report = try await send(events, to: server, delaySeconds: 3)
            #expect(report.told.count == 11 && report.count(200) == 11)
            #expect(report.throttled == 4, "of Ann's 8, the window takes 4")
            #expect(try await stored(server) == once(0..<11))
            let ledger = try await ledger(server)
            #expect(ledger == .init(received: 22, stored: 11, duplicate: 0, rejected: 11))
            let metrics = try await folder.bash("curl -s -m 10 \(server.address)/metrics").output
            for (fate, count) in [("stored", 11), ("throttled", 11), ("rejected", 0)] {
                let line = "antinode_events_total{project=\"retries\",fate=\"\(fate)\"} \(count).0\n"
                #expect(metrics.contains(line), "\(metrics)")
            }
            try await server.stop()
        }

        @Test("429: what is over the day's quota is dropped by the client, the rest arrives once")
        func overQuota() async throws {
            let server = try await server("--batch-events-per-second 1000 --batch-events-per-day 5")
            let events = (0..<8).map { _ in Event(device: "phone-1") } + (0..<3).map { _ in Event(user: "bob-1") }
            let report = try await send(events, to: server, mode: "batch")
            #expect(report.count(200) == 8 && report.throttled == 0)
            let dropped = Report.Told(type: "Play", user: "phone-1", code: 429, message: "Exceeded daily quota")
            #expect(report.told.filter { $0.code != 200 } == Array(repeating: dropped, count: 3))
            #expect(try await stored(server) == once([0, 1, 2, 3, 4, 8, 9, 10]))
            try await server.stop()
        }

        @Test("400: bad events and those of silenced devices are dropped, good ones arrive once")
        func bad() async throws {
            let server = try await server("")
            let silence = try await folder.antinode(
                "project silence retries bot-1 bot-2 --data-dir \(folder.data.path)"
            )
            #expect(silence.status == 0, "\(silence)")
            let heard = try await folder.antinode("project unsilence retries bot-2 --data-dir \(folder.data.path)")
            #expect(heard.status == 0, "\(heard)")
            let list = try await folder.antinode("project silenced retries --data-dir \(folder.data.path)")
            #expect(list.output == "bot-1\n")
            let report = try await send(
                [
                    Event(user: "ann-1"), Event(user: "anonymous"), Event(user: "bob"), Event(device: "bot-1"),
                    Event(user: "ann-1"), Event(type: "[Amplitude] Revenue", user: "ann-1"), Event(device: "bot-2"),
                ],
                to: server
            )
            #expect(report.told.count == 7 && report.count(200) == 3)
            let invalid = "Invalid field values on some events"
            #expect(
                Set(report.told.filter { $0.code != 200 }) == [
                    .init(type: "Play", user: "anonymous", code: 400, message: invalid),
                    .init(type: "Play", user: "bob", code: 400, message: invalid),
                    .init(type: "[Amplitude] Revenue", user: "ann-1", code: 400, message: invalid),
                    .init(type: "Play", user: "bot-1", code: 400, message: "Events silenced for device_id"),
                ]
            )
            #expect(try await stored(server) == once([0, 4, 6]))
            let ledger = try await ledger(server)
            #expect(ledger.stored == 3 && ledger.duplicate == 0)
            // 11, where the client sends the seven at once; it may be slow to gather them.
            #expect(ledger.rejected >= 4 && ledger.received == 3 + ledger.rejected)
            try await server.stop()
        }

        @Test(
            "a limit that is none is named",
            arguments: [
                ("--events-per-second 0", "eventsPerSecond"), ("--rate-window 3601", "rateWindow"),
                ("--batch-request-bytes -1", "batch-request-bytes"), ("--request-events many", "many"),
            ]
        )
        func mistakes(option: String, named: String) async throws {
            let finished = try await folder.antinode("serve --port 0 \(option) --data-dir \(folder.data.path)")
            #expect(finished.status != 0 && finished.output == "", "\(finished)")
            #expect(finished.errors.contains(named), "\(finished)")
        }

        @Test("limits are settings like the others")
        func settings() async throws {
            try Data(#"{"requestEvents": 1, "batchEventsPerDay": 0}"#.utf8).write(
                to: folder.url.appending(path: "antinode.json")
            )
            let refused = try await folder.antinode("serve --port 0 --data-dir \(folder.data.path)")
            #expect(refused.errors.contains("batchEventsPerDay must be a number from 1 "), "\(refused)")
            let server = try await ServerProcess.start(
                in: folder,
                "--port 0 --data-dir \(folder.data.path)",
                environment: ["ANTINODE_BATCH_EVENTS_PER_DAY": "5"]
            )
            let two = Array(repeating: SentEvent(userID: "user-1", eventType: "Play"), count: 2)
            #expect(try await server.client(keys).send(two).status == 413)
            try await server.stop()
        }
    }
}
