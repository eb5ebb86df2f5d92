import EventModel
import Foundation
import GRDB
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite("The list of projects, and the folders beside it")
struct ProjectRecordsTests {
    private let folder = TemporaryFolder()
    private var list: URL { folder.url.appendingPathComponent("server.sqlite") }

    private func remove(_ name: String) throws {
        for suffix in ["", "-wal", "-shm"] {
            let file = folder.url.appendingPathComponent(name + suffix)
            if FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
        }
    }

    @Test("a record that was made must be there from then on")
    func made() throws {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        let project = try directory.create(name: "shop", timeZone: .utc)
        #expect(try !directory.hasRecord(project) && directory.look(atRecordOf: project).problem == nil)
        let record = try directory.openRecord(of: project)
        #expect(try directory.hasRecord(project) && directory.look(atRecordOf: project).problem == nil)
        record.close()
        try directory.openRecord(of: project).close()
        // With all that could tell of it.
        try FileManager.default.removeItem(at: directory.folder(of: project))
        #expect(directory.look(atRecordOf: project).problem?.contains("it is not there") == true)
        let error = #expect(throws: ProjectRecordError.self) { _ = try directory.openRecord(of: project) }
        #expect(error?.code == .damaged)
        #expect(
            !FileManager.default.fileExists(atPath: directory.folder(of: project).path),
            "nothing is made in its place"
        )
    }

    @Test("one that was made before the list knew of records is taken as it is")
    func legacy() throws {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        let project = try directory.create(name: "shop", timeZone: .utc)
        try ProjectDatabase(folder: directory.folder(of: project)).close()
        let record = try directory.openRecord(of: project)
        record.close()
        try remove("projects/\(project.id)/project.sqlite")
        try remove("projects/\(project.id)/project.mark")
        #expect(throws: ProjectRecordError.self) { _ = try directory.openRecord(of: project) }
    }

    @Test("two projects whose folders were exchanged are refused")
    func exchanged() throws {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        let projects = [
            try directory.create(name: "a", timeZone: .utc), try directory.create(name: "b", timeZone: .utc),
        ]
        for project in projects { try directory.openRecord(of: project).close() }
        let (a, b) = (directory.folder(of: projects[0]), directory.folder(of: projects[1]))
        let aside = folder.url.appendingPathComponent("aside")
        for (from, to) in [(a, aside), (b, a), (aside, b)] { try FileManager.default.moveItem(at: from, to: to) }
        for project in projects {
            #expect(throws: ProjectRecordError.self) { _ = try directory.openRecord(of: project) }
        }
    }

    @Test("a look at a record holds as long as its files stay as they are")
    func looks() throws {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        let project = try directory.create(name: "shop", timeZone: .utc)
        try directory.openRecord(of: project).close()
        var look = directory.look(atRecordOf: project)
        #expect(look.problem == nil)
        look.problem = "what was found then"
        look = directory.look(atRecordOf: project, last: directory.look(atRecordOf: project, last: look))
        try Data().write(to: folder.url.appendingPathComponent("projects/\(project.id)/project.sqlite"))
        look = directory.look(atRecordOf: project, last: look)
        #expect(look.problem?.contains("it is empty") == true)
        look.problem = "what was found then"
        #expect(directory.look(atRecordOf: project, last: look).problem == "what was found then")
    }

    @Test("another process's commit is seen by the version, and nothing else changes it")
    func version() throws {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        var last = directory.version
        for number in 0..<50 {
            _ = try directory.all()
            #expect(directory.version == last)
            let other = try ProjectDirectory(dataFolder: folder.url)
            _ = try other.create(name: "shop \(number)", timeZone: .utc)
            #expect(directory.version != last, "\(number)")
            other.close()
            last = directory.version
        }
    }

    @Test("a lost list is refused while its projects are there", arguments: [true, false])
    func lost(isEmptied: Bool) throws {
        do {
            let directory = try ProjectDirectory(dataFolder: folder.url)
            try directory.openRecord(of: directory.create(name: "shop", timeZone: .utc)).close()
            directory.close()
        }
        try remove("server.sqlite")
        if isEmptied { try Data().write(to: list) }
        let error = #expect(throws: ProjectDirectory.Failure.self) { _ = try ProjectDirectory(dataFolder: folder.url) }
        #expect(error?.description.contains("estore it from a backup") == true, "\(error as Any)")
        #expect(FileManager.default.fileExists(atPath: list.path) == isEmptied, "no new list is made")
    }

    @Test("a lost list is refused while its log is there, which stays")
    func lostButItsLog() throws {
        do {
            let directory = try ProjectDirectory(dataFolder: folder.url)
            _ = try directory.create(name: "shop", timeZone: .utc)
            try directory.probe()
            // As after a kill.
            let log = URL(fileURLWithPath: list.path + "-wal")
            try FileManager.default.copyItem(at: log, to: folder.url.appendingPathComponent("log"))
            directory.close()
        }
        let log = URL(fileURLWithPath: list.path + "-wal")
        try remove("server.sqlite")
        try FileManager.default.moveItem(at: folder.url.appendingPathComponent("log"), to: log)
        let bytes = try Data(contentsOf: log)
        #expect(!bytes.isEmpty)
        for isThere in [false, true] {
            if isThere { try Data().write(to: list) }
            #expect(throws: ProjectDirectory.Failure.self) { _ = try ProjectDirectory(dataFolder: folder.url) }
            #expect(throws: ProjectDirectory.Failure.self) {
                _ = try ProjectDirectory(dataFolder: folder.url, .existing)
            }
            #expect(try Data(contentsOf: log) == bytes)
        }
    }

    @Test("a list whose end is missing is refused", arguments: [1, 4_096])
    func cut(bytes: Int) throws {
        do {
            let directory = try ProjectDirectory(dataFolder: folder.url)
            _ = try directory.create(name: "shop", timeZone: .utc)
            directory.close()
        }
        try Data(contentsOf: list).dropLast(bytes).write(to: list)
        let error = #expect(throws: ProjectDirectory.Failure.self) { _ = try ProjectDirectory(dataFolder: folder.url) }
        #expect(error?.description.contains("restore it from a backup") == true, "\(error as Any)")
    }

    @Test("a list that lacks projects which have folders is refused, and stays as it is")
    func behind() throws {
        let copy = folder.url.appendingPathComponent("copy")
        do {
            let directory = try ProjectDirectory(dataFolder: folder.url)
            _ = try directory.create(name: "one", timeZone: .utc)
            directory.close()
            try FileManager.default.copyItem(at: list, to: copy)
        }
        do {
            let directory = try ProjectDirectory(dataFolder: folder.url)
            for name in ["two", "three"] {
                try directory.openRecord(of: directory.create(name: name, timeZone: .utc)).close()
            }
            directory.close()
            try ProjectDirectory(dataFolder: folder.url).close()
        }
        try remove("server.sqlite")
        try FileManager.default.copyItem(at: copy, to: list)
        for opening in [ProjectDirectory.Opening.makeIfMissing, .existing] {
            let error = #expect(throws: ProjectDirectory.Failure.self) {
                _ = try ProjectDirectory(dataFolder: folder.url, opening)
            }
            for id in 2...3 { #expect(error?.description.contains("projects/\(id)") == true) }
            #expect(try Data(contentsOf: list) == Data(contentsOf: copy))
        }
    }

    @Test("a new project gets the id of no folder that is there")
    func freshID() throws {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        #expect(try directory.create(name: "one", timeZone: .utc).id == 1)
        // Somebody has put them back while the list was open.
        let folders = ProjectFolders(folder.url)
        for id in [1, 2] as [Int64] { try folders.make(id) }
        try Data().write(to: folders.folder(2).appendingPathComponent("x"))
        try Data().write(to: folders.folder(3))
        let four = try directory.create(name: "four", timeZone: .utc)
        #expect(four.id == 4)
        #expect(try directory.openRecord(of: four).lastSequence() == .none)
        #expect(try directory.create(name: "five", timeZone: .utc).id == 5)
    }

    @Test("every change is in the one file, while the list is open")
    func withoutLog() throws {
        let copy = TemporaryFolder()
        let directory = try ProjectDirectory(dataFolder: folder.url)
        let other = try ProjectDirectory(dataFolder: folder.url)
        _ = try directory.create(name: "one", timeZone: .utc)
        let two = try other.create(name: "two", timeZone: .utc)
        _ = try directory.rotateKeys("one")
        let record = try other.openRecord(of: two)
        // As after a kill, without the log.
        _ = try copy.made()
        try FileManager.default.copyItem(at: list, to: copy.url.appendingPathComponent("server.sqlite"))
        record.close()
        let copied = try ProjectDirectory(dataFolder: copy.url)
        #expect(try copied.all() == directory.all() && copied.all().count == 2)
        #expect(throws: ProjectRecordError.self, "it knows that there was a record") {
            _ = try copied.openRecord(of: two)
        }
    }

    @Test("a list of a newer version is refused")
    func newer() throws {
        do { try ProjectDirectory(dataFolder: folder.url).close() }
        let queue = try DatabaseQueue(path: list.path)
        try queue.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('v99-future')") }
        try queue.close()
        let error = #expect(throws: ProjectDirectory.Failure.self) { _ = try ProjectDirectory(dataFolder: folder.url) }
        #expect(error == .newerVersion(list.path) && error?.description.contains("newer version") == true)
    }

    enum Move: CaseIterable { case replacedByFolder, replacedByCopy, movedAway, dataFolderMoved }

    @Test(
        "a list that is not at its place any more cannot be read, and nothing is put where it was",
        arguments: Move.allCases
    )
    func moved(move: Move) throws {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        defer { directory.close() }
        let project = try directory.create(name: "shop", timeZone: .utc)
        let away = TemporaryFolder()
        defer { try? FileManager.default.removeItem(at: away.url) }
        switch move {
        case .replacedByCopy:
            let whole = try Data(contentsOf: list)
            try FileManager.default.moveItem(at: list, to: away.url)
            try whole.write(to: list)
        case .replacedByFolder:
            try FileManager.default.moveItem(at: list, to: away.url)
            try FileManager.default.createDirectory(at: list, withIntermediateDirectories: false)
        case .movedAway: try FileManager.default.moveItem(at: list, to: away.url)
        case .dataFolderMoved: try FileManager.default.moveItem(at: folder.url, to: away.url)
        }
        #expect(throws: ProjectDirectory.Failure.self) { try directory.all() }
        #expect(throws: ProjectDirectory.Failure.self) { try directory.probe() }
        #expect(throws: ProjectRecordError.self) { _ = try directory.openRecord(of: project) }
        #expect(!FileManager.default.fileExists(atPath: directory.folder(of: project).path))
    }

    @Test("what is made is nobody else's to read, and closing leaves one file")
    func modes() throws {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        let project = try directory.create(name: "shop", timeZone: .utc)
        let record = try directory.openRecord(of: project)
        func mode(_ url: URL) throws -> Int? {
            (try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? NSNumber)?.intValue
        }
        let place = directory.folder(of: project)
        for url in [folder.url, place.deletingLastPathComponent(), place] { #expect(try mode(url) == 0o700) }
        for name in ["", "-wal", "-shm"] { #expect(try mode(URL(fileURLWithPath: list.path + name)) == 0o600) }
        record.close()
        directory.close()
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(Set(left) == ["server.sqlite", "projects"])
    }
}
