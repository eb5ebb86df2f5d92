import EventModel

/// A project's place in the house.
enum ProjectSlot {
    /// Being opened, for all who wait for it.
    case opening(Task<OpenProject, any Error>)
    case open(OpenProject)
    /// It cannot be opened, for a reason that is for the log. It is tried again when somebody asks then.
    case refused(reason: String, until: ContinuousClock.Instant)
}

/// A project cannot be opened at the moment.
struct ProjectRefused: Error, CustomStringConvertible {
    var project: String
    var reason: String

    var description: String { "The project \(project) cannot be opened. \(reason)" }

    static func closed(_ project: Project) -> ProjectRefused {
        ProjectRefused(project: project.name, reason: "The server is being stopped.")
    }

    static func deleted(_ project: Project) -> ProjectRefused {
        ProjectRefused(project: project.name, reason: "It was deleted.")
    }
}
