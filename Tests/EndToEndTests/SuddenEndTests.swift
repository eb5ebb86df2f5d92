import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Clients send as fast as they are answered when the server ends; each notes which answers came.
    ///
    /// `make faults ARGS=200` kills it so many times.
    @Suite("A sudden end")
    struct SuddenEndTests {
        @Test(
            "after each kill, whenever it is, what was acknowledged is there once, and sending again completes the rest"
        )
        func kills() async throws {
            print("The kills' moments come from KILL_SEED=\(Faults.seed)")
            var random = SeededRandom(seed: Faults.seed)
            let clock = ContinuousClock()
            let start = clock.now
            let folder = try TestFolder()
            let keys = try await folder.createProject("killed")
            var server = try await ServerProcess.start(in: folder)
            var (kills, events, acknowledged) = ([String: Int](), 0, 0)
            var insertIDs: Set<String> = []
            while kills.values.reduce(0, +) < Faults.kills {
                let load = MixedLoad(name: "Round \(insertIDs.count)", seed: random.next())
                let moment: String
                (moment, server) = try await Self.killAmid(load, of: server, keys, &random)
                kills[moment, default: 0] += 1
                // While it starts: it replays what the columns lack, sometimes all of it.
                while Int.random(in: 0..<3, using: &random) == 0 {
                    let isRebuild = Int.random(in: 0..<2, using: &random) == 0
                    if isRebuild { try folder.removeColumns(ofProject: keys.id) }
                    let pause = Duration.microseconds(Int.random(in: 0...250_000, using: &random))
                    try await ServerProcess.startAndKill(in: folder, after: pause)
                    kills[isRebuild ? "while rebuilding" : "while starting", default: 0] += 1
                }

                acknowledged += await load.acknowledgedEventCount
                server = try await ServerProcess.start(in: folder)
                try await load.expectAcknowledged(in: server.client(keys), "after a kill \(moment)")
                try await load.complete(in: server.client(keys))
                events += await load.eventCount
                insertIDs.formUnion(await load.insertIDs)
                let ledger = try await server.client(keys).ledger()
                #expect(ledger.stored == events && insertIDs.count == events)
                #expect(ledger.received == ledger.stored + ledger.duplicate && ledger.rejected == 0, "\(ledger)")
            }
            let ledger = try await server.client(keys).ledger()
            try await server.stop()

            let stored = try StoredEvents(in: folder, project: keys.id).insertIDs()
            let (lost, doubled) = (insertIDs.subtracting(stored).count, stored.count - Set(stored).count)
            #expect(stored.count == events && lost == 0 && doubled == 0)
            print(
                "\(kills.values.reduce(0, +)) kills",
                "(\(kills.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")))",
                "in \(clock.now - start): \(acknowledged) events acknowledged before them, \(events) in the end,",
                "\(stored.count) stored, \(lost) lost, \(doubled) doubled; \(ledger.duplicate) came again"
            )
        }

        /// - Returns: when it was killed, and the server, which has ended.
        static func killAmid(
            _ load: MixedLoad,
            of server: ServerProcess,
            _ keys: ProjectKeys,
            _ random: inout SeededRandom
        ) async throws -> (String, ServerProcess) {
            let isShutdown = Int.random(in: 0..<4, using: &random) == 0
            let pause = Duration.microseconds(Int.random(in: 5_000...500_000, using: &random))
            let rest = Duration.microseconds(Int.random(in: 0...60_000, using: &random))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await load.run(against: server.client(keys)) }
                group.addTask {
                    try await Task.sleep(for: pause)
                    if isShutdown {
                        server.interrupt()
                        try await Task.sleep(for: rest)
                        try await server.killIfRunning()
                    } else {
                        try await server.kill()
                    }
                }
                try await group.waitForAll()
            }
            return (isShutdown ? "while stopping" : "under load", server)
        }

        // MARK: Files that were torn

        /// What a crash of the machine, or a person, may do to a project's files while no server runs.
        enum Tear: String, CaseIterable {
            case columnsCut, columnsGone, columnsGoneButNotTheirLog, columnsLogCut, columnsLogGone
            case frameBegun, frameOfNoise
        }

        @Test("with files torn after a kill it starts, has what was acknowledged, and the ledger balances")
        func tears() async throws {
            print("What is torn comes from KILL_SEED=\(Faults.seed)")
            var random = SeededRandom(seed: Faults.seed)
            let folder = try TestFolder()
            let keys = try await folder.createProject("torn")
            for round in 0..<max(1, Faults.kills / 20) {
                var server = try await ServerProcess.start(in: folder)
                let load = MixedLoad(name: "Torn \(round)", seed: random.next())
                (_, server) = try await Self.killAmid(load, of: server, keys, &random)
                for tear in Tear.allCases {
                    let copy = try TestFolder()
                    try FileManager.default.copyItem(at: folder.data, to: copy.data)
                    guard try copy.tear(tear, project: keys.id, &random) else { continue }
                    let server = try await ServerProcess.start(in: copy)
                    let project = server.client(keys)
                    try await load.expectAcknowledged(in: project, "\(tear)")
                    let ledger = try await project.ledger()
                    #expect(ledger.received == ledger.stored + ledger.duplicate && ledger.rejected == 0, "\(tear)")
                    _ = try await project.knows("anything")
                    try await server.stop()
                    let stored = try StoredEvents(in: copy, project: keys.id).insertIDs()
                    #expect(stored.count == ledger.stored && Set(stored).count == stored.count, "\(tear)")
                }
                // The original goes on.
                server = try await ServerProcess.start(in: folder)
                try await load.complete(in: server.client(keys))
                try await server.kill()
            }
        }
    }
}

extension TestFolder {
    fileprivate func project(_ number: Int) -> URL { data.appending(path: "projects/\(number)") }

    func removeColumns(ofProject number: Int) throws {
        for name in ["events.duckdb", "events.duckdb.wal"] {
            let file = project(number).appending(path: name)
            if FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
        }
    }

    /// - Returns: false if there was nothing to tear.
    fileprivate func tear(
        _ tear: EndToEnd.SuddenEndTests.Tear,
        project number: Int,
        _ random: inout SeededRandom
    ) throws -> Bool {
        let files = project(number)
        let (columns, log) = (files.appending(path: "events.duckdb"), files.appending(path: "events.duckdb.wal"))
        let record = files.appending(path: "project.sqlite-wal")
        switch tear {
        case .columnsCut: return try cut(columns, &random)
        case .columnsLogCut: return try cut(log, &random)
        case .columnsGone: try removeColumns(ofProject: number)
        case .columnsGoneButNotTheirLog: try FileManager.default.removeItem(at: columns)
        case .columnsLogGone:
            guard FileManager.default.fileExists(atPath: log.path) else { return false }
            try FileManager.default.removeItem(at: log)
        case .frameBegun, .frameOfNoise:
            // A commit that nobody was told of, as far as it came onto the disk: a frame is 24 bytes and a page.
            // A server that had time to close its files left no log.
            guard var wal = try? Data(contentsOf: record), wal.count > 32 + 4_120 else { return false }
            let length = Int.random(in: 1...4_120, using: &random)
            wal +=
                tear == .frameBegun
                ? Data(wal[32..<32 + length])
                : Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
            try wal.write(to: record)
        }
        return true
    }

    private func cut(_ file: URL, _ random: inout SeededRandom) throws -> Bool {
        guard let whole = try? Data(contentsOf: file), whole.count > 1 else { return false }
        let lost =
            Bool.random(using: &random)
            ? Int.random(in: 1...min(5_000, whole.count - 1), using: &random)
            : Int.random(in: 1..<whole.count, using: &random)
        try whole.dropLast(lost).write(to: file)
        return true
    }
}
