public import Foundation
import SystemPackage

/// The file of a project's columns in its folder, and another one that is to take its place.
///
/// `events.duckdb` is the one, unless `events.current` names another: then that was whole when it was named, and it gets the
/// name at the next start, when nobody has it open. Whatever else is called so was not finished. Source:
/// Documentation/data.md D16.
public struct EventFolder: Sendable {
    private let folder: URL

    public init(_ folder: URL) {
        self.folder = folder
    }

    /// The file that a store opens after ``settle()``.
    public var file: URL { folder.appendingPathComponent("events.duckdb") }

    private var pointer: URL { folder.appendingPathComponent("events.current") }

    private func file(named name: String) -> URL { folder.appendingPathComponent(name) }
    private static func log(of file: URL) -> URL { URL(fileURLWithPath: file.path + ".wal") }
    private static func isThere(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

    /// The names of files that were to take the place of ``file``, or whose logs are there.
    private var others: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap { $0.wholeMatch(of: /(events-[0-9]+\.duckdb)(\.wal)?/).map { String($0.1) } }
    }

    /// Gives the current file its name, and removes what was not finished. To be called while nobody has a file open; it can
    /// be interrupted at any place.
    public func settle() throws {
        if let name = try? String(contentsOf: pointer, encoding: .utf8), Self.isThere(file(named: name)) {
            let current = file(named: name)
            try remove(file)
            try FileManager.default.moveItem(at: current, to: file)
            // Without its log the file says less, which is read from the journal again; another one's would be its end.
            let log = Self.log(of: current)
            if Self.isThere(log) { try FileManager.default.moveItem(at: log, to: Self.log(of: file)) }
            sync()
        }
        if Self.isThere(pointer) { try FileManager.default.removeItem(at: pointer) }
        for name in others { try remove(file(named: name)) }
    }

    /// A new file, which is not the current one until ``take(_:)``.
    public func next() -> URL {
        let numbers = others.compactMap { Int($0.dropFirst("events-".count).dropLast(".duckdb".count)) }
        return file(named: "events-\((numbers.max() ?? 0) + 1).duckdb")
    }

    /// From now on this is the current file, also after a crash.
    public func take(_ next: URL) throws {
        let new = file(named: "events.current.new")
        try Data(next.lastPathComponent.utf8).write(to: new)
        let written = try FileDescriptor.open(FilePath(new.path), .readOnly)
        _ = try written.closeAfter { fsync(written.rawValue) }
        // Safe: both paths are read within the call.
        guard unsafe rename(new.path, pointer.path) == 0 else { throw Errno(rawValue: errno) }
        sync()
    }

    /// Removes a file that is not the current one. Whoever has it open reads on.
    public func remove(_ file: URL) throws {
        // Without its log a file says less than it did, and is not current.
        for path in [Self.log(of: file), file] where Self.isThere(path) { try FileManager.default.removeItem(at: path) }
    }

    /// Makes what was renamed and removed last.
    private func sync() {
        guard let directory = try? FileDescriptor.open(FilePath(folder.path), .readOnly) else { return }
        _ = try? directory.closeAfter { fsync(directory.rawValue) }
    }
}
