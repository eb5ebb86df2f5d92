import EventModel
import Foundation
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite struct ProjectDirectoryTests {
    @Test func projects() throws {
        let folder = TemporaryFolder()
        let directory = try ProjectDirectory(dataFolder: folder.url)
        #expect(try directory.all().isEmpty)
        let first = try directory.defaultProject(name: "default", timeZone: .utc)
        #expect(try directory.defaultProject(name: "default", timeZone: .utc) == first)
        let berlin = try #require(ProjectTimeZone(name: "Europe/Berlin"))
        let second = try directory.create(name: "shop", timeZone: berlin)
        #expect(second.timeZone == berlin)
        #expect(Set([first.apiKey, first.secretKey, second.apiKey, second.secretKey]).count == 4)
        #expect(second.apiKey.count == 32 && second.apiKey.allSatisfy(\.isHexDigit))
        // As another process would see it.
        let other = try ProjectDirectory(dataFolder: folder.url)
        #expect(try other.all() == [first, second])
        #expect(try other.project("shop") == second)
        #expect(try other.project("\(second.id)") == second)
        let rotated = try other.rotateKeys("shop")
        #expect(rotated.apiKey != second.apiKey && rotated.secretKey != second.secretKey)
        #expect(try directory.project("shop") == rotated)
        #expect(rotated.retentionDays == .windows)
        for days in [RetentionDays.calendar, .windows] {
            var changed = rotated
            changed.retentionDays = days
            #expect(try other.setRetentionDays("shop", to: days) == changed)
            #expect(try directory.all() == [first, changed])
        }
    }

    @Test func mistakes() throws {
        let folder = TemporaryFolder()
        let directory = try ProjectDirectory(dataFolder: folder.url)
        _ = try directory.create(name: "shop", timeZone: .utc)
        #expect(throws: ProjectDirectory.Failure.nameTaken("shop")) {
            try directory.create(name: "shop", timeZone: .utc)
        }
        #expect(throws: ProjectDirectory.Failure.unknownProject("shoe")) { try directory.project("shoe") }
        #expect(throws: ProjectDirectory.Failure.unknownProject("shoe")) { try directory.rotateKeys("shoe") }
        #expect(throws: ProjectDirectory.Failure.unknownProject("shoe")) {
            try directory.setRetentionDays("shoe", to: .calendar)
        }
    }
}
