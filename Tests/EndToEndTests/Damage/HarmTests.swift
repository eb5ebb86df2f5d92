import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// After a kill amid load, one file of the data folder, of whatever kind, is damaged or missing.
    ///
    /// `make faults ARGS=200` tries every kind of harm on every kind of file.
    @Suite("Any file, damaged or missing")
    struct HarmTests {
        /// Of the data folder of a server that was killed.
        private static let files =
            ["server.sqlite", "server.sqlite-wal", "server.sqlite-shm", "antinode.lock", "projects", "projects/1"]
            + ["project.sqlite", "project.sqlite-wal", "project.sqlite-shm", "project.mark"].map { "projects/1/\($0)" }
            + ["events.duckdb", "events.duckdb.wal"].map { "projects/1/\($0)" }

        private enum Harm: CaseIterable {
            case gone, emptied, cutAtAnEdge, cutAnywhere, headOfNoise, endOfNoise, replacedByFolder, replacedByFile
        }

        private enum Outcome: String {
            case whole
            case noStart = "no start"
            case refused = "503"
        }

        @Test("each start either serves the whole truth or refuses, and a refusal destroys nothing")
        func harms() async throws {
            print("What is harmed comes from KILL_SEED=\(Faults.seed)")
            var random = SeededRandom(seed: Faults.seed)
            let clock = ContinuousClock()
            let start = clock.now
            let folder = try TestFolder()
            let keys = try await folder.createProject("harmed")
            // What a clean stop left in the files, and what a kill left in their logs.
            let loads = [MixedLoad(name: "Before", seed: random.next()), MixedLoad(name: "Load", seed: random.next())]
            var server = try await ServerProcess.start(in: folder)
            (_, server) = try await SuddenEndTests.killAmid(loads[0], of: server, keys, &random)
            server = try await ServerProcess.start(in: folder)
            try await loads[0].complete(in: server.client(keys))
            try await server.stop()
            server = try await ServerProcess.start(in: folder)
            (_, server) = try await SuddenEndTests.killAmid(loads[1], of: server, keys, &random)

            let all = Self.files.flatMap { file in Harm.allCases.map { (file, $0) } }.shuffled(using: &random)
            var outcomes: [Outcome: Int] = [:]
            var refusals: Set<String> = []
            for (file, harm) in all.prefix(Faults.kills) {
                let copy = try TestFolder()
                try FileManager.default.copyItem(at: folder.data, to: copy.data)
                guard try Self.harm(copy.data.appending(path: file), harm, &random) else { continue }
                let (outcome, log) = try await Self.outcome(copy, keys, loads, "\(file) \(harm)")
                outcomes[outcome, default: 0] += 1
                if outcome == .whole { continue }
                refusals.insert("\(file) \(harm): \(outcome.rawValue)")
                let isNamed = ["server.sqlite", "antinode.lock", "project.sqlite", "events.duckdb"].contains {
                    log.contains($0)
                }
                #expect(isNamed, "\(file) \(harm): \(log)")

                // Whoever puts the true file back has everything.
                let (harmed, whole) = (copy.data.appending(path: file), folder.data.appending(path: file))
                if FileManager.default.fileExists(atPath: harmed.path) {
                    try FileManager.default.removeItem(at: harmed)
                }
                try FileManager.default.copyItem(at: whole, to: harmed)
                let (again, why) = try await Self.outcome(copy, keys, loads, "\(file) \(harm), restored")
                #expect(again == .whole, "\(file) \(harm), restored: \(why)")
            }
            print(
                "\(outcomes.values.reduce(0, +)) harms",
                "(\(outcomes.map { "\($0.value) \($0.key.rawValue)" }.sorted().joined(separator: ", ")))",
                "in \(clock.now - start); refused: \(refusals.sorted().joined(separator: "; "))"
            )
        }

        /// - Returns: what became of the start, and what was said.
        private static func outcome(
            _ folder: TestFolder,
            _ keys: ProjectKeys,
            _ loads: [MixedLoad],
            _ what: String
        ) async throws -> (Outcome, String) {
            let server: ServerProcess
            do {
                server = try await ServerProcess.start(in: folder)
            } catch let failure as ServerProcess.Failed {
                return (.noStart, "\(failure)")
            }
            let question = "/api/2/events/segmentation?e=%7B%22event_type%22:%22_all%22%7D&start=20240301&end=20240301"
            var asked = try await server.asked(question, with: "\(keys.apiKey):\(keys.secretKey)", in: folder)
            // Damage that shows amid a question: the columns are made anew meanwhile.
            let deadline = ContinuousClock.now + .seconds(60)
            while asked.status == 503, try await server.get("/health", in: folder).status == 200, .now < deadline {
                try await Task.sleep(for: .milliseconds(200))
                asked = try await server.asked(question, with: "\(keys.apiKey):\(keys.secretKey)", in: folder)
            }
            let sent = try await server.hears(of: keys.apiKey, in: folder)
            for heard in [asked, sent] {
                #expect(heard.status == 200 || heard.status == 503 && heard.retryAfter != nil, "\(what): \(heard)")
            }
            if asked.status == 503 {
                #expect(try await server.get("/health", in: folder).status == 503, "\(what)")
                try await server.stop()
                return (.refused, server.log)
            }
            for load in loads { try await load.expectAcknowledged(in: server.client(keys), what) }
            let ledger = try await server.client(keys).ledger()
            #expect(ledger.received == ledger.stored + ledger.duplicate && ledger.rejected == 0, "\(what): \(ledger)")
            try await server.stop()
            // A block of columns that no question needed yet is made anew when one does.
            let stored = try? StoredEvents(in: folder, project: keys.id).count()
            #expect(stored == ledger.stored || stored == nil && what.contains("events.duckdb"), "\(what)")
            return sent.status == 200 ? (.whole, "") : (.refused, server.log)
        }

        /// - Returns: false if there is nothing to harm, or no harm in it.
        private static func harm(_ file: URL, _ harm: Harm, _ random: inout SeededRandom) throws -> Bool {
            let files = FileManager.default
            guard let type = try? files.attributesOfItem(atPath: file.path)[.type] as? FileAttributeType else {
                return false
            }
            let isFolder = type == .typeDirectory
            switch harm {
            case .gone: try files.removeItem(at: file)
            case .replacedByFolder:
                if isFolder { return false }
                try files.removeItem(at: file)
                try files.createDirectory(at: file, withIntermediateDirectories: false)
            case .replacedByFile:
                try files.removeItem(at: file)
                try Data("something else\n".utf8).write(to: file)
            case .emptied, .cutAtAnEdge, .cutAnywhere, .headOfNoise, .endOfNoise:
                if isFolder { return false }
                var bytes = try Data(contentsOf: file)
                guard bytes.count > 1 else { return false }
                let edges = max(1, (bytes.count - 1) / 4_096)
                switch harm {
                case .endOfNoise where file.pathExtension == "sqlite":
                    // SQLite has no checksums but those of its log.
                    return false
                case .emptied: bytes = Data()
                case .cutAtAnEdge:
                    bytes = bytes.prefix(min(bytes.count - 1, 4_096 * Int.random(in: 1...edges, using: &random)))
                case .cutAnywhere: bytes = bytes.prefix(Int.random(in: 1..<bytes.count, using: &random))
                default:
                    let length = min(bytes.count, Int.random(in: 16...4_096, using: &random))
                    let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
                    let first = harm == .headOfNoise ? 0 : bytes.count - length
                    bytes.replaceSubrange(first..<first + length, with: noise)
                }
                try bytes.write(to: file)
            }
            return true
        }
    }
}
