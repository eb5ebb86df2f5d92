import EventModel
import HTTPEdge
import Ingestion
import ProjectStore

extension ProjectHouse {
    /// Looks at the disk, the list of projects, for real, and at every project's record, also of those that are not open.
    public func health() async -> HouseHealth {
        readList()
        let (directory, projects, looks) = (directory, list.projects, looks)
        let records = Dictionary(uniqueKeysWithValues: projects.map { ($0.id, openProject($0.id)?.record) })
        let found = await healthQueue.run { () -> Found in
            var found = Found(list: Self.problem(of: directory))
            for project in projects {
                if let record = records[project.id] ?? nil {
                    found.problems[project.id] = Self.problem(of: record)
                } else {
                    let look = directory.look(atRecordOf: project, last: looks[project.id])
                    found.looks[project.id] = look
                    found.problems[project.id] = look.problem
                }
            }
            return found
        }
        self.looks = found.looks

        var health = HouseHealth()
        if disk.isShort {
            health.add(problem: "Less than \(DiskSpace.reserveBytes >> 20) MB are free: no more events are taken.")
        }
        tell(found.list, of: .writing)
        if list.problem != nil || found.list != nil {
            health.add(problem: "The list of projects cannot be read and written; the server's log says why.")
        }
        // Whatever was found of one that was deleted meanwhile.
        let left = Set(list.projects.map(\.id))
        for project in projects where left.contains(project.id) {
            let problem = found.problems[project.id] ?? refusal(of: project)
            tell(problem, of: .project(project.id, project.name))
            if problem != nil {
                health.add(problem: "Project \(project.id) cannot be used; the server's log says why.")
            }
        }
        for open in openProjects where open.feeder.problem != nil {
            health.warnings.append(
                "Project \(open.hosted.project.id) takes events, but questions do not see the newest ones yet; the"
                    + " server's log says why."
            )
        }
        return health
    }

    private struct Found {
        var list: String?
        /// By project.
        var problems: [Int64: String] = [:]
        var looks: [Int64: ProjectDirectory.Look] = [:]
    }

    private nonisolated static func problem(of directory: ProjectDirectory) -> String? {
        do {
            try directory.probe()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private nonisolated static func problem(of record: ProjectDatabase) -> String? {
        do {
            try record.checkPlace()
            _ = try record.lastSequence()
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Why a project could not be opened the last time. It is tried again now and then, without a request of its own: a
    /// server that says that it is not well may not get any.
    private func refusal(of project: Project) -> String? {
        guard case .refused(let reason, let until) = slots[project.id] else { return nil }
        if until <= .now { Task { try await open(project) } }
        return reason
    }
}
