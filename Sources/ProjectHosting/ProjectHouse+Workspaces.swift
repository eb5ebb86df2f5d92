public import EventModel
public import HTTPEdge
import ProjectStore

// Projects as whoever is signed in finds them: by number, and all of them.

extension ProjectHouse {
    public func project(withID id: Int64) async throws(Failure) -> HostedProject? {
        guard let project = try await projects().first(where: { $0.id == id }) else { return nil }
        return try await hosted(project)
    }

    public func projects() async throws(Failure) -> [Project] {
        readListIfDue()
        guard list.problem == nil else { throw .listUnreadable }
        return list.projects
    }

    public func makeProject(_ name: String, _ timeZone: ProjectTimeZone) async throws(Failure) -> Project {
        let project: Project
        do throws(ProjectDirectory.Failure) {
            project = try directory.create(name: name, timeZone: timeZone)
        } catch {
            switch error {
            case .invalidName, .nameTaken:
                let kind: Failure.Kind = if case .nameTaken = error { .conflict } else { .unprocessable }
                throw Failure(kind, "project_name", "\(error)", field: "name")
            default:
                tell("\(error)", of: .writing)
                throw .listUnreadable
            }
        }
        readList()
        return project
    }
}
