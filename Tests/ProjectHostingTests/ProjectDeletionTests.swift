import EventModel
import Foundation
import HTTPEdge
import ProjectStore
import QueryExecution
import Storage
import Synchronization
import TestSupport
import Testing

@testable import ProjectHosting

@Suite("A project is deleted beside a running server", .timeLimit(.minutes(5)))
struct ProjectDeletionTests {
    private let house = House()

    /// As another process does it.
    private func delete(_ project: Project) throws {
        let directory = try ProjectDirectory(dataFolder: house.folder.url)
        defer { directory.close() }
        try directory.delete(project)
    }

    private func isThere(_ project: Project) -> Bool {
        FileManager.default.fileExists(atPath: house.file("", of: project).path)
    }

    /// The numbers of deleted projects that are not finished with.
    private func unfinished() throws -> [Int64] {
        let directory = try ProjectDirectory(dataFolder: house.folder.url)
        defer { directory.close() }
        return try directory.contents().deleted
    }

    @Test("its key is nobody's, requests to it end, then its files go, though nobody asks; others do not notice")
    func requests() async throws {
        let projects = try house.create("one", "two")
        let forgotten = Mutex<[String]>([])
        let running = try house.open(nil) { settings in
            settings.forgetFigures = { name in forgotten.withLock { $0.append(name) } }
        }
        let watching = Task { await running.watch() }
        for project in projects { try await running.send("a", to: project) }
        var request = try await running.project(withAPIKey: projects[1].apiKey)
        #expect(request != nil)
        try delete(projects[1])
        #expect(await eventually { (try? await running.isUnknown(projects[1].apiKey)) == true })
        #expect(await eventually { forgotten.withLock { $0 } == ["two"] })
        #expect(await running.figures.map(\.project) == ["one"])
        #expect(await running.health() == HouseHealth())

        // What is being answered.
        let seen = try await request?.people.activity(
            of: .amplitudeID(AmplitudeID(1)),
            newestFirst: true,
            offset: 0,
            limit: 1,
            zone: .utc
        )
        #expect(seen?.person?.activity.events == 1)
        try await Task.sleep(for: .seconds(1.5))
        #expect(try isThere(projects[1]) && unfinished() == [projects[1].id])
        request = nil
        #expect(await eventually { (try? unfinished()) == [] })
        #expect(!isThere(projects[1]))
        // The files are gone a moment before the house has noted it.
        #expect(await eventually { await running.leaving.isEmpty })

        try await running.send("b", to: projects[0])
        #expect(try await running.count(of: projects[0]) == 2)
        let next = try house.create("two")[0]
        try await running.send("a", to: next)
        #expect(next.id == 3)
        #expect(try await running.count(of: next) == 1)
        await running.close()
        await watching.value
    }

    @Test(
        "one that was never asked for goes, too, and one that was deleted before the start",
        arguments: [false, true]
    )
    func unused(beforeTheStart: Bool) async throws {
        let projects = try house.create("one", "two")
        let before = try house.open()
        try await before.send("a", to: projects[1])
        await before.close()
        if beforeTheStart { try delete(projects[1]) }
        let running = try house.open()
        Task { await running.watch() }
        if !beforeTheStart { try delete(projects[1]) }
        #expect(await eventually { (try? unfinished()) == [] })
        #expect(!isThere(projects[1]))
        await running.close()
    }

    @Test("one that is being opened is closed when it is open")
    func opening() async throws {
        let project = try house.create("slow")[0]
        let gate = DispatchSemaphore(value: 0)
        let openings = Mutex(0)
        let running = try house.open { _, _, _ in
            openings.withLock { $0 += 1 }
            gate.wait()
            return MemoryEventStore()
        }
        Task { await running.watch() }
        let waiting = (0..<3).map { _ in Task { try await running.isUnknown(project.apiKey) } }
        #expect(await eventually { openings.withLock { $0 } == 1 })
        try delete(project)
        #expect(await eventually { await !running.leaving.isEmpty })
        gate.signal()
        for task in waiting { _ = await task.result }
        #expect(await eventually { (try? unfinished()) == [] })
        #expect(!isThere(project))
        #expect(await running.slots.isEmpty)
        #expect(try await running.isUnknown(project.apiKey))
        await running.close()
    }

    @Test("a server that is stopped does not wait for requests, and still finishes")
    func stopped() async throws {
        let project = try house.create("one")[0]
        let running = try house.open()
        Task { await running.watch() }
        let request = try await running.project(withAPIKey: project.apiKey)
        try delete(project)
        #expect(await eventually { await !running.leaving.isEmpty })
        #expect(isThere(project))
        await running.close()
        #expect(try !isThere(project) && unfinished() == [])
        withExtendedLifetime(request) {}
    }

    @Test("names that are over are those that no project had that stays")
    func names() {
        func project(_ id: Int64, _ name: String) -> Project {
            Project(id: id, name: name, timeZone: .utc, apiKey: "\(id)", secretKey: "")
        }
        var names = ProjectNames()
        #expect(names.note([project(1, "a"), project(2, "b")]) == [])
        #expect(names.note([project(1, "c"), project(2, "b")]) == [])
        #expect(names.note([project(1, "c"), project(2, "a")]) == [])
        #expect(
            names.note([project(2, "a"), project(3, "c")]) == ["c"],
            "a is another's; the new c begins with nothing"
        )
        #expect(names.note([]) == ["a", "b", "c"])
    }

    @Test("who waits until all have left is let go by the last one, or as its task is cancelled")
    func users() async {
        let users = ProjectUsers()
        var stays = [users.enter(), users.enter()]
        #expect(stays.allSatisfy { $0 != nil })
        let isOver = Mutex(false)
        let waiting = Task {
            await users.waitUntilNone()
            isOver.withLock { $0 = true }
        }
        #expect(await eventually { users.enter() == nil })
        stays.removeLast()
        #expect(!isOver.withLock { $0 })
        stays.removeLast()
        await waiting.value

        let others = ProjectUsers()
        let stay = others.enter()
        let cancelled = Task { await others.waitUntilNone() }
        cancelled.cancel()
        await cancelled.value
        withExtendedLifetime(stay) {}
    }
}
