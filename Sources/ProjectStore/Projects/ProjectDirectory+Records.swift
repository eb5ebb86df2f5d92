public import EventModel
public import Foundation
import GRDB
import SQLiteFiles
public import Storage

extension ProjectDirectory {
    /// Where a project's files are.
    public func folder(of project: Project) -> URL {
        ProjectFolders(dataFolder).folder(project.id)
    }

    /// Opens a project's record, which is made at the first time. From then on it must be there, and be the same one.
    public func openRecord(of project: Project) throws(ProjectRecordError) -> ProjectDatabase {
        let expected = try knownRecord(of: project)
        if expected == nil {
            do {
                try checkPlace()
                try ProjectFolders(dataFolder).make(project.id)
            } catch let failure as Failure {
                throw ProjectRecordError(.unavailable, "\(failure)")
            } catch {
                let folder = folder(of: project)
                throw ProjectRecordError(.unavailable, "\(folder.path) cannot be made: \(reason(of: error)).")
            }
        }
        ProjectFolders(dataFolder).restrict(project.id)
        let record = try ProjectDatabase(folder: folder(of: project), expecting: expected)
        if expected == nil {
            do {
                try setRecord(record.id, of: project)
            } catch {
                record.close()
                throw error
            }
        }
        return record
    }

    /// Whether a project has a record: without one, nobody has sent anything yet.
    public func hasRecord(_ project: Project) throws(ProjectRecordError) -> Bool {
        try knownRecord(of: project) != nil || FileState(ProjectDatabase.file(folder(of: project))) != nil
    }

    /// What was found of a record without opening it for good.
    public struct Look: Sendable {
        fileprivate var files: [FileState?]
        /// Why the record cannot be opened, as sentences for the log; `nil` if it seems that it can.
        public var problem: String?
    }

    /// Looks at a project's record.
    ///
    /// - Parameter last: what was found the last time: it holds as long as the files have not changed.
    public func look(atRecordOf project: Project, last: Look? = nil) -> Look {
        let folder = folder(of: project)
        let files = DatabaseFile(url: ProjectDatabase.file(folder)).state + [FileState(RecordMark.file(folder))]
        if let last, last.files == files { return last }
        do throws(ProjectRecordError) {
            try ProjectDatabase.check(folder, knownRecord(of: project))
            return Look(files: files, problem: nil)
        } catch {
            return Look(files: files, problem: error.message)
        }
    }

    /// `nil` if the project never had a record, or had it before this was written down.
    private func knownRecord(of project: Project) throws(ProjectRecordError) -> RecordID? {
        let row = try recordAttempt {
            try pool.read { db in
                try Row.fetchOne(db, sql: "SELECT record FROM projects WHERE id = ?", arguments: [project.id])
            }
        }
        // Nothing may be made for it any more.
        guard let row else { throw .deleted(project) }
        return (row["record"] as String?).map { RecordID($0) }
    }

    private func setRecord(_ record: RecordID, of project: Project) throws(ProjectRecordError) {
        let isThere = try recordAttempt {
            try write { db in
                try db.execute(
                    sql: "UPDATE projects SET record = ? WHERE id = ?",
                    arguments: [record.text, project.id]
                )
                // It was deleted meanwhile, perhaps to the end; then its folder has been made anew.
                let isThere = db.changesCount > 0
                if !isThere {
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO deleted_projects (id) VALUES (?)",
                        arguments: [project.id]
                    )
                }
                return isThere
            }
        }
        if !isThere { throw .deleted(project) }
    }

    private func recordAttempt<Value>(_ body: () throws -> Value) throws(ProjectRecordError) -> Value {
        do {
            return try attempt(body)
        } catch {
            throw ProjectRecordError(.unavailable, "\(error)")
        }
    }
}

extension ProjectRecordError {
    fileprivate static func deleted(_ project: Project) -> ProjectRecordError {
        ProjectRecordError(.unavailable, "The project \(project.name.shown()) was deleted.")
    }
}
