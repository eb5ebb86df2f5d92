public import Foundation

/// A place for a folder among the system's for what goes soon. Whoever writes there makes it; it goes with the object.
public final class TemporaryFolder: Sendable {
    public let url: URL

    public init(in parent: URL = FileManager.default.temporaryDirectory) {
        url = parent.appending(path: "antinode-tests-\(UUID().uuidString)")
    }

    /// The same, after the folder was made: for those to whom an empty one must be there.
    public func made() throws -> TemporaryFolder {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return self
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
