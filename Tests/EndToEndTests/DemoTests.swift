import Foundation
import Testing

extension EndToEnd {
    @Suite("The demo")
    struct DemoTests {
        private let folder: TestFolder

        init() throws {
            folder = try TestFolder()
        }

        private func demo(_ options: String) async throws -> String {
            let finished = try await folder.antinode("demo \(options) --data-dir \(folder.data.path)")
            #expect(finished.status == 0, "\(finished)")
            return finished.output
        }

        private func keys(_ project: String = "demo") async throws -> ProjectKeys {
            let show = try await folder.antinode("project show \(project) --json --data-dir \(folder.data.path)")
            return try JSONDecoder.snakeCase.decode(ProjectKeys.self, from: Data(show.output.utf8))
        }

        private static func day(_ daysAgo: Double) -> String {
            let style = Date.ISO8601FormatStyle().year().month().day().dateSeparator(.omitted)
            return Date.now.addingTimeInterval(-daysAgo * 86_400).formatted(style)
        }

        private func totals(_ server: ServerProcess, days: String) async throws -> [Int] {
            let chart = try await server.client(keys()).chart(#"{"event_type":"_active"}"#, m: "totals", days: days)
            return chart.only?.values ?? []
        }

        @Test("its events are there, beside a running server and without one", arguments: [true, false])
        func filled(besideServer: Bool) async throws {
            var server = try await ServerProcess.start(in: folder)
            if !besideServer { try await server.stop() }
            let output = try await demo("--users 60 --days 5")
            let sent = try #require(output.firstMatch(of: /(\d+) events of 60 visitors/)?.output.1, "\(output)")
            if !besideServer { server = try await ServerProcess.start(in: folder) }
            let days = try await totals(server, days: "\(Self.day(10))-\(Self.day(0))")
            #expect(days.reduce(0, +) == Int(sent))
            // The last of its days is today.
            #expect(days.count == 11 && days.prefix(6).allSatisfy { $0 == 0 } && days[6...9].allSatisfy { $0 > 0 })
            try await server.stop()
        }

        @Test("what it shows then works as pasted", arguments: [true, false])
        func pasted(besideServer: Bool) async throws {
            var server = try await ServerProcess.start(in: folder)
            if !besideServer { try await server.stop() }
            let output = try await demo("--users 200 --days 5")
            if !besideServer { server = try await ServerProcess.start(in: folder) }
            let start = try #require(output.range(of: "  curl "))
            let command = output[start.lowerBound...].replacing("http://127.0.0.1:8080", with: server.address)
            let asked = try await folder.bash("cd / && \(command)")
            let chart = try HTTPAnswer(status: 200, body: Data(asked.output.utf8)).chart()
            #expect(chart.days.count == 5 && !chart.series.isEmpty, "\(asked)")
            try await server.stop()
        }

        @Test("there are people today, up to this hour")
        func today() async throws {
            let server = try await ServerProcess.start(in: folder)
            _ = try await demo("--users 6000 --days 2")
            let days = try await totals(server, days: "\(Self.day(2))-\(Self.day(0))")
            #expect(days.count == 3 && days[1] > 0, "\(days)")
            // The first minutes of a day may have nobody.
            let minutes = Int(Date.now.timeIntervalSince1970) % 86_400 / 60
            #expect(days[2] > 0 || minutes < 30, "\(days)")
            try await server.stop()
        }

        @Test("run again, it says what was there, and stores nothing twice", arguments: [true, false])
        func again(besideServer: Bool) async throws {
            var server = try await ServerProcess.start(in: folder)
            if !besideServer { try await server.stop() }
            let first = try await demo("--users 60 --days 5")
            let count = try #require(first.firstMatch(of: /(\d+) events of 60 visitors over 5 days are in/)?.output.1)
            let second = try await demo("--users 60 --days 5")
            #expect(second.contains("\(count) events were in the project demo before;"), "\(second)")
            if !besideServer { server = try await ServerProcess.start(in: folder) }
            let ledger = try await server.client(keys()).ledger()
            let added = second.firstMatch(of: /before; (\d+) events of/).flatMap { Int($0.1) } ?? 0
            #expect(ledger.stored == Int(count)! + added, "\(ledger)\n\(second)")
            // A minute has few events of a shop as small as this.
            #expect(added < 20, "\(second)")
            try await server.stop()
        }

        @Test("run again on a later day, the shop has gone on; what was sent is not sent again")
        func later() async throws {
            let server = try await ServerProcess.start(in: folder)
            _ = try await demo("--users 100 --days 5")
            let before = try await server.client(keys()).ledger()
            // As if it had been two days ago.
            let file = folder.data.appending(path: "projects/2/demo.json")
            var text = try String(contentsOf: file, encoding: .utf8)
            let firstDay = try #require(text.firstMatch(of: /"firstDay":(\d+)/).flatMap { Int($0.1) })
            let sentBefore = try #require(text.firstMatch(of: /"sentBefore":(\d+)/).flatMap { Int($0.1) })
            text = text.replacing("\(firstDay)", with: "\(firstDay - 2)")
                .replacing("\(sentBefore)", with: "\(sentBefore - 2 * 86_400_000)")
            try Data(text.utf8).write(to: file)
            let later = try await demo("--users 100 --days 5")
            let added = try #require(later.firstMatch(of: /before; (\d+) events of/).flatMap { Int($0.1) }, "\(later)")
            #expect(added > 10, "\(later)")
            let after = try await server.client(keys()).ledger()
            #expect(after.stored == before.stored + added && after.duplicate - before.duplicate < 10, "\(after)")
            try await server.stop()
        }

        @Test("another shop comes on top, and says so")
        func another() async throws {
            let server = try await ServerProcess.start(in: folder)
            _ = try await demo("--users 60 --days 5")
            let other = try await demo("--users 60 --days 5 --seed 2")
            #expect(other.contains(/\d+ events were in the project demo before; \d+ events of 60 visitors/), "\(other)")
            try await server.stop()
        }
    }
}
