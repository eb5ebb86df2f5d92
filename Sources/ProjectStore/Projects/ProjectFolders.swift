import Foundation
import SQLiteFiles
import SystemPackage

/// The folders of projects: `<data>/projects/<id>`.
struct ProjectFolders {
    private let parent: URL

    init(_ dataFolder: URL) {
        parent = dataFolder.appendingPathComponent("projects", isDirectory: true)
    }

    func folder(_ project: Int64) -> URL {
        parent.appendingPathComponent("\(project)", isDirectory: true)
    }

    /// The ids of projects that have something there, in order: all but empty folders.
    var ids: [Int64] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        return names.compactMap(Int64.init).filter { id in
            let contents = try? FileManager.default.contentsOfDirectory(atPath: folder(id).path)
            return contents?.isEmpty != true
        }.sorted()
    }

    /// Makes a project's folder, but not the data folder: if that is gone, it was moved away.
    func make(_ project: Int64) throws {
        try PrivateFiles.makeFolder(parent)
        try PrivateFiles.makeFolder(folder(project))
    }

    /// Removes a project's folder, if it is there, for good: on return it is gone from the disk.
    func remove(_ project: Int64) throws {
        // Where the folder is a link, what it leads to, too.
        for place in [folder(project).resolvingSymlinksInPath(), folder(project)] {
            var failures = 0
            while (try? FileManager.default.attributesOfItem(atPath: place.path)) != nil {
                do {
                    try FileManager.default.removeItem(at: place)
                } catch {
                    // Another command, which has just looked into the record, may make or remove a file meanwhile.
                    failures += 1
                    if failures == 10 { throw error }
                }
            }
        }
        guard FileManager.default.fileExists(atPath: parent.path) else { return }
        let descriptor = try FileDescriptor.open(FilePath(parent.path), .readOnly, options: [.directory, .closeOnExec])
        try descriptor.closeAfter { if fsync(descriptor.rawValue) != 0 { throw Errno(rawValue: errno) } }
    }

    /// Takes a project's folder from all others.
    func restrict(_ project: Int64) {
        for folder in [parent, folder(project)] { PrivateFiles.restrict(folder, to: 0o700) }
    }
}
