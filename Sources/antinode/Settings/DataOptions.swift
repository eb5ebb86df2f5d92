import ArgumentParser
import EventModel
import Foundation
import ProjectStore

/// Where the data is: an option of every command.
struct DataOptions: ParsableArguments {
    @Option(name: .long, help: "Folder of all data. (default: ./data; ANTINODE_DATA_DIR)")
    var dataDir: String?

    @Option(
        name: .long,
        help: "A JSON file with settings, such as {\"port\": 9000}. (default: ./antinode.json if it is there)"
    )
    var config: String?

    /// The settings that the command line leaves open.
    func settings() throws(Complaint) -> SettingsReader {
        try SettingsReader(file: config)
    }

    func folder() throws(Complaint) -> URL {
        folder(try settings())
    }

    func folder(_ settings: SettingsReader) -> URL {
        URL(fileURLWithPath: settings.text(.dataDir, option: dataDir) ?? "./data", isDirectory: true)
    }

    /// The file of places; `nil` if addresses are not looked up.
    ///
    /// - Parameter option: what the command line says.
    func places(_ settings: SettingsReader, option: String? = nil) -> String? {
        settings.text(.geoip, option: option).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Parameter opening: only who is to put something into the folder makes it.
    func directory(_ opening: ProjectDirectory.Opening = .existing) throws -> ProjectDirectory {
        let directory = try ProjectDirectory(dataFolder: folder(), opening)
        // What cannot be finished now does not keep a command from its own work.
        try? finishDeletions(in: directory)
        return directory
    }

    /// Finishes with projects whose deletion was interrupted.
    ///
    /// - Throws: ``DataFolderLock/Taken`` if another process has the data folder for itself: it has their files open.
    func finishDeletions(in directory: ProjectDirectory) throws {
        let deleted = try directory.contents().deleted
        if deleted.isEmpty { return }
        let lock = try DataFolderLock(folder())
        defer { withExtendedLifetime(lock) {} }
        for project in deleted { try directory.finishDeletion(of: project) }
    }

    func project(_ nameOrID: String) throws -> Project {
        try directory().project(nameOrID)
    }

    /// A project's record, made if there is none yet.
    func record(of project: Project) throws -> ProjectDatabase {
        try directory().openRecord(of: project)
    }

    /// A project's record; `nil` if there is none yet, as nobody has sent anything.
    func existingRecord(of project: Project) throws -> ProjectDatabase? {
        let directory = try directory()
        return try directory.hasRecord(project) ? directory.openRecord(of: project) : nil
    }
}
