import Foundation

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

    /// Takes a project's folder from all others.
    func restrict(_ project: Int64) {
        for folder in [parent, folder(project)] { PrivateFiles.restrict(folder, to: 0o700) }
    }
}
