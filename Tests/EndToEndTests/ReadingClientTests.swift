import Foundation
import Testing

extension EndToEnd {
    /// Clients of others read what was sent, and it is compared in Python: `Clients/Readers/known_events.py` says what
    /// that is, the driver beside it what a client does.
    @Suite("Clients that read") struct ReadingClientTests {
        private struct Sent: Decodable {
            var rows: Int
            var people: Int
        }

        @Test(
            "each finds every event as it was sent, and whose it is",
            .enabled(if: ReadingClient.areInstalled, "They need Python 3.10 or 3.11, which this machine lacks."),
            arguments: ReadingClient.all
        )
        func known(client: ReadingClient) async throws { try await check(client) }

        @Test(
            "an agent's connector finds annotations, cohorts and charts",
            .enabled(if: !ReadingClient.agent.isLeftOut, "It needs Python 3.13, which this machine lacks.")
        )
        func agent() async throws { try await check(.agent) }

        private func check(_ client: ReadingClient) async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("known")
            let server = try await ServerProcess.start(in: folder)
            // So that no day of theirs is today's, whatever the hour.
            let firstDay = Date.now.addingTimeInterval(-5 * 86_400).formatted(.iso8601.year().month().day())
            let sent: Sent = try await folder.client(
                "Readers/known_events.py",
                server.address,
                keys.apiKey,
                firstDay
            )
            #expect(sent.rows == 306 && sent.people == 13)
            let report: ReadingClient.Report = try await folder.client(
                "Readers/read_\(client.name).py",
                [server.address, keys.apiKey, keys.secretKey, firstDay],
                python: client.python()
            )
            #expect(report.problems == [])
            #expect(report.read == client.reads)
            try await server.stop()
        }
    }
}
