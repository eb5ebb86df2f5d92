import EventModel
import Foundation
import ProjectStore
import TestSupport
import Testing

@testable import ProjectHosting

@Suite("When the list of projects is read")
struct ListReadingTests {
    private static let start = ContinuousClock.now
    private static let now = Timestamp(milliseconds: 1_700_000_000_000)
    private let folder = TemporaryFolder()
    private let directory: ProjectDirectory
    /// Of the list before and after a change.
    private let versions: [ProjectDirectory.Version]

    init() throws {
        directory = try ProjectDirectory(dataFolder: folder.url)
        let before = directory.version
        _ = try directory.create(name: "shop", timeZone: .utc)
        versions = [before, directory.version]
    }

    private func project(_ id: Int64) -> Project {
        Project(id: id, name: "project \(id)", timeZone: .utc, apiKey: "key \(id)", secretKey: "secret")
    }

    private func list(_ projects: Project..., deleted: [Int64] = []) -> ListReading {
        ListReading(.init(projects: projects, deleted: deleted), versions[0], at: Self.start)
    }

    private func isDue(_ list: ListReading, _ key: String, after milliseconds: Int, version: Int = 0) -> Bool {
        list.isDue(for: .api, key, Self.start + .milliseconds(milliseconds), now: Self.now, version: versions[version])
    }

    private func answer(_ list: ListReading, _ key: String) -> ListReading.Answer {
        list.answer(to: .api, key, now: Self.now)
    }

    @Test("keys that are known are believed for a second")
    func known() {
        let list = self.list(project(1))
        #expect(answer(list, "key 1") == .project(project(1), isOldKey: false))
        #expect(!isDue(list, "key 1", after: 0))
        #expect(!isDue(list, "key 1", after: 999, version: 1), "the list's files are not even looked at")
        #expect(isDue(list, "key 1", after: 1_000))
    }

    @Test("for keys that are unknown it is read if it has changed, else no more than once a second")
    func unknown() {
        var list = self.list(project(1))
        #expect(answer(list, "key 2") == .unknown)
        #expect(!isDue(list, "key 2", after: 1) && !isDue(list, "key 2", after: 999))
        #expect(isDue(list, "key 2", after: 1_000))
        #expect(isDue(list, "key 2", after: 1, version: 1))
        list.note(.init(projects: [project(1), project(2)]), versions[1], at: Self.start + .milliseconds(1))
        #expect(answer(list, "key 2") == .project(project(2), isOldKey: false))
        #expect(answer(list, "key 3") == .unknown && !isDue(list, "key 3", after: 2, version: 1))
        #expect(list.readings == 2)
    }

    @Test("while the list cannot be read, known keys go on working and nobody can tell of others")
    func unreadable() {
        var list = self.list(project(1))
        list.note(problem: "no disk", versions[1], at: Self.start + .seconds(1))
        #expect(answer(list, "key 1") == .project(project(1), isOldKey: false))
        #expect(answer(list, "key 2") == .unreadable)
        #expect(!isDue(list, "key 2", after: 1_999, version: 1))
        #expect(isDue(list, "key 2", after: 1_001, version: 0), "it is there again, or another one")
        #expect(isDue(list, "key 1", after: 2_000, version: 1), "it is tried again each second")
        list.note(.init(projects: [project(2)]), versions[1], at: Self.start + .seconds(2))
        #expect(list.problem == nil)
        #expect(answer(list, "key 1") == .unknown)
        #expect(answer(list, "key 2") == .project(project(2), isOldKey: false))
    }

    @Test("a key that was replaced works until its time is over")
    func oldKeys() {
        var changed = project(1)
        changed.oldKeys = [OldKey(.api, "old", endsAt: Timestamp(milliseconds: Self.now.milliseconds + 1))]
        let list = self.list(changed)
        #expect(answer(list, "old") == .project(changed, isOldKey: true))
        changed.oldKeys[0].endsAt = Self.now
        #expect(answer(self.list(changed), "old") == .unknown)
    }

    @Test("it is read though nobody asks once it has changed, and as long as something is to be finished")
    func unasked() {
        #expect(!list(project(1)).isDue(version: versions[0]))
        #expect(list(project(1)).isDue(version: versions[1]))
        #expect(list(project(1), deleted: [2]).isDue(version: versions[0]))
    }
}
