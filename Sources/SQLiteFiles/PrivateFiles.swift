package import Foundation

/// Files that nobody but the server's own user may read: they hold keys and what people did.
package enum PrivateFiles {
    /// Makes a folder of mode 700, but none above it. One that is there already stays as it is.
    package static func makeFolder(_ url: URL) throws {
        if (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true { return }
        do {
            try FileManager.default.createDirectory(
                at: url,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch CocoaError.fileWriteFileExists {
            // Another process was quicker, or it is a file: then whoever opens something within says so.
        }
    }

    /// Takes a file from all others, if it is there and ours.
    package static func restrict(_ url: URL, to mode: Int = 0o600) {
        try? FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
    }
}
