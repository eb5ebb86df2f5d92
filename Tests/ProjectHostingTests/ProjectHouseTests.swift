import EventModel
import Foundation
import HTTPEdge
import Ingestion
import ProjectStore
import Storage
import Synchronization
import TestSupport
import Testing

@testable import ProjectHosting

@Suite("The house of all projects", .timeLimit(.minutes(5)))
struct ProjectHouseTests {
    private let house = House()
    private let memory: StoreOpening = { _, _, _ in MemoryEventStore() }

    @Test(
        "each project has its own events; nobody's keys are nobody's; closing leaves everything in files without logs"
    )
    func projects() async throws {
        let projects = try house.create("one", "two")
        let running = try house.open()
        try await running.send("a", to: projects[0])
        for insertID in ["a", "b"] { try await running.send(insertID, to: projects[1]) }
        #expect(try await running.count(of: projects[0]) == 1)
        #expect(try await running.count(of: projects[1]) == 2)
        #expect(try await running.project(withAPIKey: "nobody's") == nil)
        #expect(await running.health() == HouseHealth())
        await running.close()
        let left = try #require(FileManager.default.enumerator(atPath: house.folder.url.path)).compactMap {
            $0 as? String
        }
        let files = left.filter { $0.contains(".") }.sorted()
        let each = ["events.duckdb", "project.mark", "project.sqlite"]
        #expect(files == projects.flatMap { id in each.map { "projects/\(id.id)/\($0)" } } + ["server.sqlite"])

        // Nothing but these files is needed.
        let copied = House()
        try FileManager.default.copyItem(at: house.folder.url, to: copied.folder.url)
        let again = try copied.open()
        #expect(try await again.count(of: projects[1]) == 2)
        await again.close()
    }

    @Test("a project that another process creates is known at once; keys that are made up hardly read the list")
    func created() async throws {
        let running = try house.open(memory)
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<2_000 {
                group.addTask { #expect((try? await running.isUnknown("\(number)")) == true) }
            }
        }
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        #expect(await running.list.readings <= seconds + 2)
        for number in 0..<20 {
            let project = try house.create("new \(number)")[0]
            #expect(try await running.project(withAPIKey: project.apiKey)?.project == project)
        }
        let directory = try ProjectDirectory(dataFolder: house.folder.url)
        let (old, rotated) = (try directory.project("new 0"), try directory.rotateKeys("new 0"))
        #expect(try await running.project(withAPIKey: rotated.apiKey)?.project == rotated)
        let isEnded = await eventually { (try? await running.isUnknown(old.apiKey)) == true }
        #expect(isEnded, "the old key ends within a second or so")
        await running.close()
    }

    @Test("while the list cannot be read, known keys go on and of others nobody can tell; when it is back, they can")
    func listUnreadable() async throws {
        let projects = try house.create("one", "two")
        let running = try house.open(memory)
        try await running.send("a", to: projects[0])
        let (list, away) = (
            house.folder.url.appendingPathComponent("server.sqlite"), house.folder.url.appendingPathComponent("x")
        )
        try FileManager.default.moveItem(at: list, to: away)
        try FileManager.default.createDirectory(at: list, withIntermediateDirectories: false)
        try await running.send("b", to: projects[0])
        #expect(try await running.count(of: projects[0]) == 2)
        let heard = await failure { _ = try await running.project(withAPIKey: "nobody's") }
        #expect(heard?.kind == .unavailable && heard?.retryAfter != nil)
        #expect(await running.health().problem?.contains("list of projects") == true)
        try FileManager.default.removeItem(at: list)
        try FileManager.default.moveItem(at: away, to: list)
        #expect(try await running.project(withAPIKey: "nobody's") == nil)
        #expect(await running.health() == HouseHealth())
        await running.close()
    }

    @Test("a house without its list, or with projects that the list lacks, is not opened")
    func listLost() async throws {
        let project = try house.create("one")[0]
        let running = try house.open(memory)
        try await running.send("a", to: project)
        await running.close()
        try FileManager.default.moveItem(
            at: house.file("", of: project),
            to: house.projects.appendingPathComponent("7")
        )
        #expect(throws: ProjectDirectory.Failure.self) { _ = try house.open(memory) }
        try FileManager.default.removeItem(at: house.folder.url.appendingPathComponent("server.sqlite"))
        #expect(throws: ProjectDirectory.Failure.self) { _ = try house.open(memory) }
    }

    // MARK: Projects that cannot be opened

    enum Harm: String, CaseIterable {
        case folderIsFile, recordGone, recordCut, recordEmptied, recordNewer, columnsAhead
    }

    @Test(
        "a project that cannot be opened is refused with 503, others go on, and it is back once it is repaired",
        arguments: Harm.allCases
    )
    func refused(harm: Harm) async throws {
        let projects = try house.create("one", "two")
        do {
            let running = try house.open()
            for project in projects { try await running.send("a", to: project) }
            #expect(try await running.count(of: projects[1]) == 1)
            await running.close()
        }
        let folder = house.file("", of: projects[1])
        let whole = house.folder.url.appendingPathComponent("whole")
        try FileManager.default.copyItem(at: folder, to: whole)
        try self.harm(harm, projects[1])

        let running = try house.open()
        if harm != .columnsAhead {
            #expect(await running.health().problem?.contains("Project 2") == true, "also before anybody asked for it")
        }
        for _ in 0..<2 {
            let heard = await failure { try await running.send("b", to: projects[1]) }
            #expect(heard?.kind == .unavailable && heard?.retryAfter != nil, "\(heard as Any)")
        }
        try await running.send("b", to: projects[0])
        #expect(try await running.count(of: projects[0]) == 2)
        #expect(await running.health().problem?.contains("Project 2") == true)
        let columns = house.file("events.duckdb", of: projects[1])
        if harm != .folderIsFile {
            #expect(try Data(contentsOf: columns) == Data(contentsOf: whole.appendingPathComponent("events.duckdb")))
        }

        try FileManager.default.removeItem(at: folder)
        try FileManager.default.moveItem(at: whole, to: folder)
        let isBack = await eventually { (try? await running.send("b", to: projects[1])) != nil }
        #expect(isBack)
        #expect(try await running.count(of: projects[1]) == 2)
        #expect(await running.health() == HouseHealth())
        await running.close()
    }

    private func harm(_ harm: Harm, _ project: Project) throws {
        let record = house.file("project.sqlite", of: project)
        switch harm {
        case .folderIsFile:
            try FileManager.default.removeItem(at: house.file("", of: project))
            try Data().write(to: house.projects.appendingPathComponent("\(project.id)"))
        case .recordGone: try FileManager.default.removeItem(at: record)
        case .recordCut: try Data(contentsOf: record).prefix(5_000).write(to: record)
        case .recordEmptied: try Data().write(to: record)
        case .recordNewer:
            try change(record, "INSERT INTO grdb_migrations VALUES ('v99-future')")
        case .columnsAhead:
            // An older copy of the record, without the mark that would tell.
            try change(record, "DELETE FROM journal")
            try FileManager.default.removeItem(at: house.file("project.mark", of: project))
        }
    }

    /// Changes a record as no server would.
    private func change(_ record: URL, _ sql: String) throws {
        _ = try Python.run(
            "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()",
            record.path,
            sql
        )
    }

    @Test("health tries again what could not be opened: a server that is not well may not get requests")
    func healthTriesAgain() async throws {
        let project = try house.create("one")[0]
        let isBroken = Mutex(true)
        let running = try house.open { _, _, _ in
            if isBroken.withLock({ $0 }) { throw EventStoreError(.unavailable, "Too many open files") }
            return MemoryEventStore()
        }
        #expect(await failure { try await running.send("a", to: project) }?.kind == .unavailable)
        #expect(await running.health().problem?.contains("Project 1") == true)
        isBroken.withLock { $0 = false }
        let isBack = await eventually { await running.health() == HouseHealth() }
        #expect(isBack)
        await running.close()
    }

    @Test("health sees that a record was moved away or replaced while it was open")
    func movedAway() async throws {
        let project = try house.create("one")[0]
        let running = try house.open(memory)
        try await running.send("a", to: project)
        let (record, away) = (house.file("project.sqlite", of: project), house.file("away", of: project))
        try FileManager.default.moveItem(at: record, to: away)
        #expect(await running.health().problem?.contains("Project 1") == true)
        try FileManager.default.moveItem(at: away, to: record)
        #expect(await running.health() == HouseHealth())
        await running.close()
    }

    @Test("a project that takes long to open holds up no other one, and is opened once for all who wait")
    func slow() async throws {
        let projects = try house.create("fast", "slow")
        let gate = DispatchSemaphore(value: 0)
        let openings = Mutex(0)
        let running = try house.open { project, _, _ in
            if project.name == "slow" {
                openings.withLock { $0 += 1 }
                gate.wait()
            }
            return MemoryEventStore()
        }
        let waiting = (0..<5).map { _ in Task { try await running.project(withAPIKey: projects[1].apiKey) != nil } }
        while openings.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(1)) }
        try await running.send("a", to: projects[0])
        #expect(try await running.count(of: projects[0]) == 1)
        gate.signal()
        for task in waiting { #expect(try await task.value) }
        #expect(openings.withLock { $0 } == 1)
        await running.close()
        let heard = await failure { try await running.send("b", to: projects[0]) }
        #expect(heard?.kind == .unavailable, "nothing is taken after the end")
    }

    // MARK: Stores that fail

    @Test(
        "events are taken while a store fails, health warns, and they are visible once it works again, without a call"
    )
    func storeFails() async throws {
        let projects = try house.create("one", "two")
        let failing = FailingStore()
        let running = try house.open { project, _, _ in
            if project.name == "two" { return failing }
            return MemoryEventStore()
        }
        try await running.send("a", to: projects[1])
        #expect(try await running.count(of: projects[1]) == 1)
        failing.fail("no disk")
        try await running.send("b", to: projects[1])
        #expect(await failure { _ = try await running.count(of: projects[1]) }?.kind == .unavailable)
        let health = await running.health()
        #expect(health.problem == nil, "nothing is lost, and others are well")
        #expect(health.warnings.count == 1 && health.warnings[0].contains("Project 2"))
        try await running.send("b", to: projects[0])
        failing.fail(nil)
        let open = try await running.open(projects[1])
        let isBack = await eventually { (try? open.store.progress().rows) == 2 && open.feeder.problem == nil }
        #expect(isBack)
        #expect(try await running.count(of: projects[1]) == 2)
        #expect(await running.health() == HouseHealth())
        await running.close()
    }

    @Test("a store that lost what it had gets it again from the journal", arguments: [false, true])
    func storeLost(failsAtFirst: Bool) async throws {
        let project = try house.create("one")[0]
        let failing = FailingStore()
        let running = try house.open { _, _, _ in failing }
        for insertID in ["a", "b", "c"] { try await running.send(insertID, to: project) }
        #expect(try await running.count(of: project) == 3)
        failing.lose()
        if failsAtFirst {
            failing.fail("no disk")
            #expect(await failure { _ = try await running.count(of: project) }?.kind == .unavailable)
            failing.fail(nil)
        }
        #expect(try await running.count(of: project) == 3)
        try await running.send("d", to: project)
        #expect(try await running.count(of: project) == 4)
        await running.close()
    }

    @Test("a store that cannot be opened is tried again")
    func storeCannotBeOpened() async throws {
        let project = try house.create("one")[0]
        let isBroken = Mutex(true)
        let running = try house.open { _, _, _ in
            if isBroken.withLock({ $0 }) { throw EventStoreError(.unavailable, "Too many open files") }
            return MemoryEventStore()
        }
        #expect(await failure { try await running.send("a", to: project) }?.kind == .unavailable)
        isBroken.withLock { $0 = false }
        let isBack = await eventually { (try? await running.send("a", to: project)) != nil }
        #expect(isBack)
        await running.close()
    }
}
