public import EventModel
import Foundation
import GRDB
import SQLiteFiles

/// A project goes in steps, of which each is on disk before the next: it leaves the list, of which only its number is
/// kept; its files go; the list is written anew, as free places in it may hold texts; the number goes. So it is whole
/// until the first step is done, and whoever finds its number later goes on. Source: Documentation/operations.md O9.
extension ProjectDirectory {
    /// Takes a project and its keys out of the list, for good: nobody knows it from now on. ``finishDeletion(of:)`` is
    /// next.
    public func delete(_ project: Project) throws(Failure) {
        try write { db in
            // Its old keys go with it.
            try db.execute(sql: "DELETE FROM projects WHERE id = ?", arguments: [project.id])
            guard db.changesCount > 0 else { throw Failure.unknownProject(project.name) }
            try db.execute(sql: "INSERT INTO deleted_projects (id) VALUES (?)", arguments: [project.id])
        }
    }

    /// Whether a deleted project is not finished with.
    public func isBeingDeleted(_ project: Project) throws(Failure) -> Bool {
        try contents().deleted.contains(project.id)
    }

    /// Removes what is left of a deleted project, all of it; nothing if nothing is. Blocks.
    ///
    /// To be called by whoever has the data folder for itself, and has closed the project's files.
    public func finishDeletion(of project: Int64) throws(Failure) {
        try checkPlace()
        guard try contents().deleted.contains(project) else { return }
        let folders = ProjectFolders(dataFolder)
        do {
            try folders.remove(project)
        } catch {
            throw .cannotRemoveFolder(folders.folder(project).path, reason: reason(of: error))
        }
        try attempt {
            try pool.vacuum()
            // What is in the log is in the list's file, too, and not left in the log.
            _ = try pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        }
        try write { db in try db.execute(sql: "DELETE FROM deleted_projects WHERE id = ?", arguments: [project]) }
    }
}
