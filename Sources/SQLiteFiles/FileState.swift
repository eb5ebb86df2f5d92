package import Foundation
import SystemPackage

/// What the system says of a file without opening it: as long as that stays, the file does.
///
/// A database that SQLite has open must not be opened by anybody else in the process: closing a file ends all locks that
/// the process has on it, SQLite's too. Source: <https://www.sqlite.org/howtocorrupt.html>, 2.2.
package struct FileState: Hashable, Sendable {
    private var device: UInt64
    private var number: UInt64
    private var modified: [Int]
    package var isFile: Bool
    package var size: Int64

    /// `nil` if there is nothing at that place, or nobody may look.
    package init?(_ url: URL) {
        guard let status = try? Stat(FilePath(url.path)) else { return nil }
        device = UInt64(status.deviceID.rawValue)
        number = UInt64(status.inode.rawValue)
        modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        isFile = status.type == .regular
        size = status.size
    }

    /// Whether it is that same file, however it was changed since.
    package func isSameFile(as other: FileState?) -> Bool {
        isFile && device == other?.device && number == other?.number
    }
}
