import Foundation
import SQLiteFiles

/// Makes sure that one process at a time writes events into a data folder, and tells others where that one listens.
///
/// The system lets go of the lock when the process ends, however it ends.
final class DataFolderLock: Sendable {
    private let file: FileHandle

    /// - Throws: ``Taken`` if another process has it.
    init(_ folder: URL) throws {
        let url = folder.appendingPathComponent("antinode.lock")
        if !FileManager.default.fileExists(atPath: url.path) {
            _ = FileManager.default.createFile(atPath: url.path, contents: nil)
        }
        do {
            file = try FileHandle(forUpdating: url)
        } catch {
            throw Complaint("\(url.path) cannot be written: \(reason(of: error)). Whoever runs antinode must own it.")
        }
        guard flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            let address = try file.readToEnd().map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw Taken(folder: folder.path, address: address)
        }
        try file.truncate(atOffset: 0)
        // One that an earlier version made.
        fchmod(file.fileDescriptor, 0o600)
    }

    /// Writes down where this process listens.
    func publish(_ address: String) {
        try? file.truncate(atOffset: 0)
        try? file.seek(toOffset: 0)
        try? file.write(contentsOf: Data(address.utf8))
    }

    struct Taken: Error, CustomStringConvertible {
        var folder: String
        /// Where the other process listens; empty if it does not.
        var address: String

        var description: String {
            "Another antinode is using \(folder)\(address.isEmpty ? "" : ", at \(address)")."
                + " Stop it first, or choose another folder with --data-dir."
        }
    }
}
