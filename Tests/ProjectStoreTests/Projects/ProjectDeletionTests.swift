import EventModel
import Foundation
import GRDB
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite("A project is deleted")
struct ProjectDeletionTests {
    private let folder = TemporaryFolder()
    private static let device = "a device of the deleted project"

    /// The list of projects, as a process that starts now finds it.
    private func directory() throws -> ProjectDirectory { try ProjectDirectory(dataFolder: folder.url) }

    /// A project that was renamed and had other keys, with a record.
    private func project(in directory: ProjectDirectory) throws -> (project: Project, traces: [String]) {
        let first = try directory.create(name: "first name", timeZone: .utc)
        let record = try directory.openRecord(of: first)
        #expect(try record.silence([Self.device]))
        record.close()
        let kept = try directory.rotateKeys("first name", keepOldUntil: Timestamp(milliseconds: 4_000_000_000_000))
        _ = try directory.rotateKeys("first name", secretOnly: true)
        let project = try directory.rename("first name", to: "second name")
        let keys = [first, kept, project].flatMap { [$0.apiKey, $0.secretKey] }
        return (project, keys + ["first name", "second name", Self.device])
    }

    /// The texts that are in some file of the data folder.
    private func found(of texts: [String]) throws -> [String] {
        let files = try #require(FileManager.default.enumerator(at: folder.url, includingPropertiesForKeys: nil))
        let all = try files.compactMap { $0 as? URL }.filter { !$0.hasDirectoryPath }.map { try Data(contentsOf: $0) }
        return texts.filter { text in all.contains { $0.range(of: Data(text.utf8)) != nil } }
    }

    private func isThere(_ project: Project) throws -> Bool {
        FileManager.default.fileExists(atPath: try directory().folder(of: project).path)
    }

    @Test("nobody knows it at once; then its files go, and no text of it is left but in what others have")
    func deleted() throws {
        let directory = try directory()
        let other = try directory.create(name: "other", timeZone: .utc)
        try directory.openRecord(of: other).close()
        let (project, traces) = try project(in: directory)
        #expect(try Set(found(of: traces)).isSuperset(of: [project.apiKey, project.name, Self.device]))

        try directory.delete(project)
        for list in [directory, try self.directory()] {
            #expect(try list.all() == [other] && list.contents().deleted == [project.id])
            #expect(throws: ProjectDirectory.Failure.unknownProject("second name")) { try list.project("second name") }
            #expect(throws: ProjectDirectory.Failure.unknownProject("\(project.id)")) {
                try list.project("\(project.id)")
            }
        }
        #expect(try isThere(project), "whoever has the folder for himself removes it")
        #expect(throws: ProjectDirectory.Failure.unknownProject("second name")) { try directory.delete(project) }
        try directory.finishDeletion(of: project.id)
        #expect(try !isThere(project) && found(of: traces) == [])
        #expect(try directory.contents().deleted == [] && directory.all() == [other])
        try directory.openRecord(of: other).close()
        try directory.finishDeletion(of: project.id)
    }

    /// Where a process may be killed.
    enum Kill: CaseIterable {
        case taken, halfRemoved, removed, written
    }

    @Test("what was interrupted is found by the next process, and finished", arguments: Kill.allCases)
    func killed(kill: Kill) throws {
        let killed = try directory()
        let other = try killed.create(name: "other", timeZone: .utc)
        let (project, traces) = try project(in: killed)
        try killed.delete(project)
        let files = killed.folder(of: project)
        switch kill {
        case .taken: break
        case .halfRemoved: try FileManager.default.removeItem(at: ProjectDatabase.file(files))
        case .removed: try ProjectFolders(folder.url).remove(project.id)
        case .written:
            try ProjectFolders(folder.url).remove(project.id)
            try killed.pool.vacuum()
        }
        let next = try directory()
        #expect(try next.contents().deleted == [project.id] && next.all() == [other])
        try next.finishDeletion(of: project.id)
        #expect(try !isThere(project) && found(of: traces) == [] && directory().contents().deleted == [])
    }

    @Test("its number is never given again, before and after it is finished with")
    func number() throws {
        let directory = try directory()
        _ = try directory.create(name: "other", timeZone: .utc)
        for number in Int64(2)...4 {
            let project = try directory.create(name: "shop", timeZone: .utc)
            #expect(project.id == number)
            try directory.delete(project)
            if number != 3 { try directory.finishDeletion(of: number) }
        }
        directory.close()
        #expect(try self.directory().create(name: "shop", timeZone: .utc).id == 5)
    }

    @Test("nothing is made for it any more by a command that still knows it")
    func late() throws {
        let directory = try directory()
        let unused = try directory.create(name: "unused", timeZone: .utc)
        let (used, _) = try project(in: directory)
        for project in [unused, used] {
            try directory.delete(project)
            try directory.finishDeletion(of: project.id)
            let error = #expect(throws: ProjectRecordError.self) { _ = try directory.openRecord(of: project) }
            #expect(error?.message.contains("was deleted") == true)
            #expect(directory.look(atRecordOf: project).problem != nil)
            #expect(try !isThere(project))
        }
        #expect(try self.directory().all() == [])
    }

    @Test("a folder that is a link goes with what it leads to")
    func link() throws {
        let directory = try directory()
        let (project, traces) = try project(in: directory)
        let (files, elsewhere) = (directory.folder(of: project), folder.url.appendingPathComponent("elsewhere"))
        try FileManager.default.moveItem(at: files, to: elsewhere)
        try FileManager.default.createSymbolicLink(at: files, withDestinationURL: elsewhere)
        try directory.delete(project)
        try directory.finishDeletion(of: project.id)
        #expect(try found(of: traces) == [])
        #expect(try self.directory().contents().projects == [])
    }

    @Test("people who turned out to be one are counted as one")
    func people() throws {
        let record = try ProjectDatabase(folder: folder.url)
        #expect(try record.peopleCount() == 0)
        try record.write { db in
            try db.execute(
                sql: """
                    INSERT INTO property_sets (id, json) VALUES (1, '{}');
                    INSERT INTO users (key, user_id, properties) VALUES (1, 'a', 1), (2, NULL, 1), (3, NULL, 1);
                    INSERT INTO merges (from_user, into_user, time, cause) VALUES (2, 1, 0, 'login');
                    """
            )
        }
        #expect(try record.peopleCount() == 2)
        record.close()
    }
}
