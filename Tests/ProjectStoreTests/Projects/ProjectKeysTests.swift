import EventModel
import Foundation
import ProjectStore
import TestSupport
import Testing

@Suite("A project's keys, names and settings")
struct ProjectKeysTests {
    private let folder = TemporaryFolder()
    private static let now = Timestamp(milliseconds: 1_700_000_000_000)
    private static let later = Timestamp(milliseconds: 1_700_000_100_000)

    /// With one project, `shop`.
    private func directory() throws -> (ProjectDirectory, Project) {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        return (directory, try directory.create(name: "shop", timeZone: .utc))
    }

    @Test("the secret key can change alone")
    func secretOnly() throws {
        let (directory, first) = try directory()
        let second = try directory.rotateKeys("shop", secretOnly: true)
        #expect(second.apiKey == first.apiKey && second.secretKey != first.secretKey && second.oldKeys == [])
        #expect(try directory.all() == [second])
    }

    @Test("old keys work until their time is over, or are ended early")
    func overlap() throws {
        let (directory, first) = try directory()
        let second = try directory.rotateKeys("shop", keepOldUntil: Self.later)
        #expect(second.oldKeys(.api, at: Self.now).map(\.key) == [first.apiKey])
        #expect(second.oldKeys(.secret, at: Self.now).map(\.key) == [first.secretKey])
        #expect(second.oldKeys(.api, at: Self.later) == [], "the end does not belong to it")

        let ring = KeyRing(try directory.all())
        #expect(ring.project(with: .api, second.apiKey, at: Self.later)?.isOldKey == false)
        #expect(ring.project(with: .api, first.apiKey, at: Self.now)?.project == second)
        #expect(ring.project(with: .api, first.apiKey, at: Self.now)?.isOldKey == true)
        #expect(ring.project(with: .api, first.apiKey, at: Self.later) == nil)
        #expect(ring.project(with: .api, first.secretKey, at: Self.now) == nil, "a secret key sends nothing")
        #expect(ring.project(with: .secret, second.secretKey, at: Self.later)?.isOldKey == false)
        #expect(ring.project(with: .secret, first.secretKey, at: Self.now)?.isOldKey == true)
        #expect(ring.project(with: .secret, first.secretKey, at: Self.later) == nil)
        #expect(ring.project(with: .secret, second.apiKey, at: Self.now) == nil)

        let ended = try directory.endOldKeys("shop")
        #expect(ended.apiKey == second.apiKey && ended.secretKey == second.secretKey && ended.oldKeys == [])
        #expect(KeyRing(try directory.all()).project(with: .api, first.apiKey, at: Self.now) == nil)
    }

    @Test("a second change keeps what an earlier one promised to shipped apps, but no secret key that leaked")
    func again() throws {
        let (directory, first) = try directory()
        let second = try directory.rotateKeys("shop", keepOldUntil: Self.later)
        let third = try directory.rotateKeys("shop", secretOnly: true)
        #expect(third.apiKey == second.apiKey)
        #expect(third.oldKeys.map(\.key) == [first.apiKey])
        let fourth = try directory.rotateKeys("shop", keepOldUntil: Self.later)
        #expect(Set(fourth.oldKeys(.api, at: Self.now).map(\.key)) == [first.apiKey, third.apiKey])
        #expect(try directory.rotateKeys("shop").oldKeys == [], "without being kept, all old keys stop")
    }

    @Test("a project is renamed, and moved to another zone; the rest stays")
    func settings() throws {
        let (directory, first) = try directory()
        let tokyo = try #require(ProjectTimeZone(name: "Asia/Tokyo"))
        var expected = first
        expected.name = "Laden"
        #expect(try directory.rename("shop", to: "Laden") == expected)
        #expect(try directory.rename("Laden", to: "Laden") == expected, "its own name is not taken")
        expected.timeZone = tokyo
        #expect(try directory.setTimeZone("\(first.id)", to: tokyo) == expected)
        #expect(try ProjectDirectory(dataFolder: folder.url, .existing).all() == [expected])
        #expect(throws: ProjectDirectory.Failure.unknownProject("shop")) { try directory.project("shop") }
    }

    @Test("names that are taken or none are refused, and nothing changes")
    func names() throws {
        let (directory, shop) = try directory()
        let other = try directory.create(name: "\u{e9}t\u{e9}", timeZone: .utc)
        #expect(throws: ProjectDirectory.Failure.nameTaken("shop")) { try directory.rename(other.name, to: "shop") }
        #expect(throws: ProjectDirectory.Failure.nameTaken(other.name)) {
            try directory.create(name: "e\u{301}te\u{301}", timeZone: .utc)
        }
        #expect(throws: ProjectDirectory.Failure.invalidName(.onlyDigits("7"))) {
            try directory.create(name: "7", timeZone: .utc)
        }
        #expect(throws: ProjectDirectory.Failure.invalidName(.blank)) { try directory.rename("shop", to: " ") }
        #expect(try directory.all() == [shop, other])
        #expect(try directory.project("e\u{301}te\u{301}") == other)
    }

    @Test("who only reads makes no folder")
    func existing() throws {
        #expect(throws: ProjectDirectory.Failure.noDataFolder(folder.url.path)) {
            try ProjectDirectory(dataFolder: folder.url, .existing)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.url.path))
    }
}
