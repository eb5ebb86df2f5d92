import EventModel
import HTTPEdge
import ProjectStore

extension ProjectHouse {
    /// It is looked once a minute whether something is to be taken out of a project.
    static let ticksBetweenCompactions = 60

    /// Begins what is due: of projects that nobody uses, too.
    func beginCompactions() async {
        let (now, directory, projects) = (settings.now(), directory, list.projects)
        let isOpen = Set(openProjects.map(\.hosted.project.id))
        let due = await healthQueue.run { () -> [Project] in
            projects.filter { project in
                !isOpen.contains(project.id)
                    && ProjectDatabase.isCompactionDue(in: directory.folder(of: project), at: now)
            }
        }
        // Why one cannot be opened, the log is told by whoever tries.
        for project in due { _ = try? await open(project) }
        for open in openProjects {
            let compactor = open.compactor
            // One that cannot be asked has other sorrows, of which the log tells.
            let isDue = await healthQueue.run { (try? compactor.isDue(at: now)) ?? false }
            if isDue { compactor.begin(endingGraces: false) }
        }
    }
}
