import DuckDBStore
import Foundation
import TestSupport
import Testing

@Suite struct EventFolderTests {
    private let temporary = TemporaryFolder()
    private var folder: URL { temporary.url }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    private func files() throws -> [String: String] {
        var files: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            files[name] = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        return files
    }

    @Test("what was not finished is removed; what was taken gets the name, with its log")
    func taking() throws {
        _ = try temporary.made()
        let folder = EventFolder(self.folder)
        try folder.settle()
        #expect(try files().isEmpty)
        try write("old", "events.duckdb")
        try write("old log", "events.duckdb.wal")
        #expect(folder.next().lastPathComponent == "events-1.duckdb")
        try write("half", "events-1.duckdb")
        try write("half log", "events-1.duckdb.wal")
        try folder.settle()
        #expect(try files() == ["events.duckdb": "old", "events.duckdb.wal": "old log"])

        try write("half", "events-1.duckdb")
        let next = folder.next()
        try write("whole", next.lastPathComponent)
        try write("its log", "\(next.lastPathComponent).wal")
        try folder.take(next)
        #expect(try files()["events.current"] == "events-2.duckdb")
        try folder.settle()
        #expect(try files() == ["events.duckdb": "whole", "events.duckdb.wal": "its log"])
        try folder.settle()
        #expect(try files() == ["events.duckdb": "whole", "events.duckdb.wal": "its log"])
    }

    @Test("wherever it was interrupted, it goes on there")
    func interrupted() throws {
        _ = try temporary.made()
        let folder = EventFolder(self.folder)
        let pointer = ("events.current", "events-3.duckdb")
        let states: [[(String, String)]] = [
            [("events.duckdb", "old"), ("events-3.duckdb", "whole"), ("events-3.duckdb.wal", "log"), pointer],
            [("events-3.duckdb", "whole"), ("events-3.duckdb.wal", "log"), pointer],
            // The one before has left its log, as it was let go of.
            [("events-3.duckdb", "whole"), ("events-3.duckdb.wal", "log"), ("events.duckdb.wal", "old"), pointer],
            [("events.duckdb", "whole"), ("events.duckdb.wal", "log"), pointer],
            [("events.duckdb", "whole"), ("events.duckdb.wal", "log")],
        ]
        for state in states {
            for name in try files().keys {
                try FileManager.default.removeItem(at: self.folder.appendingPathComponent(name))
            }
            for (name, text) in state { try write(text, name) }
            try folder.settle()
            #expect(try files() == ["events.duckdb": "whole", "events.duckdb.wal": "log"])
        }
        // Here the log is lost: what it says is in the journal.
        try write("log", "events-3.duckdb.wal")
        try FileManager.default.removeItem(at: self.folder.appendingPathComponent("events.duckdb.wal"))
        try write(pointer.1, pointer.0)
        try folder.settle()
        #expect(try files() == ["events.duckdb": "whole"])
    }
}
