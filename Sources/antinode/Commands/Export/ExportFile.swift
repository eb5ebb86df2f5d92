import EventExport
import EventModel
import ExportFiles
import Foundation
import SQLiteFiles

/// A file that an export is written into: `FILE.part` until it is whole, a folder of parts if it is Parquet. `FILE.part.json`
/// says how far it is, so that it can be gone on with. Source: Documentation/data.md D7.
final class ExportFile {
    struct Progress: Codable, Equatable {
        /// The row with which the next page begins.
        var cursor = 0
        /// Before which the last one ends; `nil` until the first is there.
        var end: Int?
        var events = 0
        /// Of `FILE.part`. What is behind them was not finished.
        var bytes: UInt64 = 0
        /// Parquet files in it.
        var parts = 0
    }

    private struct State: Codable {
        var request: ExportRequest
        var progress: Progress
    }

    private enum Content {
        case file(FileHandle)
        case parts(ParquetRows)
    }

    private let name: String
    private let path: URL
    private let request: ExportRequest
    private let content: Content
    /// With what is not yet written down.
    private(set) var progress: Progress

    private var part: URL { URL(fileURLWithPath: path.path + ".part") }
    private var stateFile: URL { URL(fileURLWithPath: path.path + ".part.json") }
    var mergedIDsPath: String { name + ".merged-ids.jsonl" }

    /// So many bytes of lines are a part of a Parquet file.
    private static let bytesPerPart = 16 << 20

    /// Begins a file, or goes on with one that was begun with the same request.
    init(_ name: String, _ request: ExportRequest) throws {
        let files = FileManager.default
        self.name = name
        path = URL(fileURLWithPath: name)
        self.request = request
        guard !files.fileExists(atPath: path.path) else {
            throw Complaint("\(name.shown()) is there already: remove it, or name another file with --output.")
        }
        let part = URL(fileURLWithPath: path.path + ".part")
        progress = try Self.progress(of: part, beside: path, request)
        do {
            if request.format == .parquet {
                try files.createDirectory(at: part, withIntermediateDirectories: true)
                content = .parts(try ParquetRows(spillingTo: part.appending(path: "spill")))
            } else {
                if !files.fileExists(atPath: part.path) { try Data().write(to: part) }
                let handle = try FileHandle(forUpdating: part)
                try handle.truncate(atOffset: progress.bytes)
                try handle.seek(toOffset: progress.bytes)
                content = .file(handle)
            }
        } catch {
            throw Complaint("\(part.path.shown()) cannot be written: \(reason(of: error)).")
        }
    }

    /// How far an earlier run has come; the beginning if there is none.
    private static func progress(of part: URL, beside path: URL, _ request: ExportRequest) throws -> Progress {
        let files = FileManager.default
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path.path + ".part.json")) else {
            return Progress()
        }
        guard let state = try? JSONDecoder().decode(State.self, from: data), state.request == request else {
            throw Complaint(
                "\(part.path.shown()) is of an export with other options: give the same ones to go on with it, or remove it"
                    + " and \(part.lastPathComponent.shown()).json, or name another file with --output."
            )
        }
        let size = (try? files.attributesOfItem(atPath: part.path))?[.size] as? UInt64
        let names = (0..<state.progress.parts).map { partName($0) }
        let isWhole =
            request.format == .parquet
            ? names.allSatisfy { files.fileExists(atPath: part.appending(path: $0).path) }
            : (size ?? 0) >= state.progress.bytes
        return isWhole ? state.progress : Progress()
    }

    func add(_ page: ExportPage) throws {
        progress.cursor = page.next
        progress.end = page.end
        progress.events += page.count
        switch content {
        case .file(let handle):
            let bytes = try request.format.bytes(of: page.lines, isFirst: progress.bytes == 0)
            try handle.write(contentsOf: bytes)
            try handle.synchronize()
            progress.bytes += UInt64(bytes.count)
            try writeState()
        case .parts(let rows):
            try rows.add(page.lines)
            if rows.byteCount >= Self.bytesPerPart || page.next >= page.end { try writePart(of: rows) }
        }
    }

    private func writePart(of rows: ParquetRows) throws {
        let file = part.appending(path: Self.partName(progress.parts))
        try rows.write(to: file)
        progress.parts += 1
        try writeState()
    }

    private func writeState() throws {
        try JSONEncoder().encode(State(request: request, progress: progress)).write(to: stateFile, options: .atomic)
    }

    /// Gives the whole file its name.
    func finish() throws {
        switch content {
        case .file(let handle):
            try handle.close()
            try Self.move(part, to: path)
        case .parts(let rows):
            let whole = part.appending(path: "whole.parquet")
            try rows.join((0..<progress.parts).map { part.appending(path: Self.partName($0)) }, to: whole)
            try Self.move(whole, to: path)
            try FileManager.default.removeItem(at: part)
        }
        try FileManager.default.removeItem(at: stateFile)
    }

    /// Removes the beginning of a file, if nothing is in it.
    func leaveNothingOfNothing() {
        if progress.end == nil { try? FileManager.default.removeItem(at: part) }
    }

    private static func partName(_ number: Int) -> String { "\(number).parquet" }

    /// In the place of what has that name.
    static func move(_ file: URL, to place: URL) throws {
        // Safe: the system reads the paths within the call.
        guard unsafe rename(file.path, place.path) == 0 else {
            throw Complaint("\(place.path.shown()) cannot be written: \(unsafe String(cString: strerror(errno))).")
        }
    }
}
