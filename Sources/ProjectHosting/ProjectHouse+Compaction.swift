import EventModel
import HTTPEdge
import ProjectStore
import Storage

extension ProjectHouse {
    /// It is looked once a minute whether something is to be taken out of a project.
    static let ticksBetweenCompactions = 60

    /// Begins what is due: of projects that nobody uses, too.
    func beginCompactions() async {
        let (now, directory, projects) = (settings.now(), directory, list.projects)
        let isOpen = Set(openProjects.map(\.hosted.project.id))
        let due = await healthQueue.run { () -> [Project] in
            projects.filter { project in
                if isOpen.contains(project.id) { return false }
                let folder = directory.folder(of: project)
                return ProjectDatabase.isCompactionDue(in: folder, at: now)
                    || ProjectDatabase.keeping(in: folder)?.dueCut(in: project.timeZone, at: now) != nil
            }
        }
        // Why one cannot be opened, the log is told by whoever tries.
        for project in due { _ = try? await open(project) }
        for open in openProjects {
            let compactor = open.compactor
            // One that cannot be asked has other sorrows, of which the log tells.
            let isDue = await healthQueue.run { (try? compactor.isDue(at: now)) ?? false }
            if isDue { compactor.begin(endingGraces: false, meaningIt: false) }
        }
    }
}
