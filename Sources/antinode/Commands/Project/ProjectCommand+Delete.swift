import ArgumentParser
import EventModel
import Foundation
import ProjectStore
import Storage

extension ProjectCommand {
    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a project with all of its events, for good.",
            discussion: """
                Its keys are nobody's from then on. A running server lets requests that it is answering end, and removes \
                the files. Its number is never given again. Backups that were made before still have it.
                """
        )

        @Argument(help: "The project's name or id.")
        var project: String

        @OptionGroup var confirmation: Confirmation
        @OptionGroup var data: DataOptions

        /// How long a running server is waited for.
        private static let patience = Duration.seconds(10)

        func run() throws {
            let directory = try data.directory()
            let named = try directory.project(project)
            let consequence = consequence(for: named)
            if confirmation.yes { try? FileHandle.standardError.write(contentsOf: Data("\(consequence)\n".utf8)) }
            try confirmation.ask(consequence, of: named, unattended: .refuse)
            try directory.delete(named)

            let deadline = ContinuousClock.now + Self.patience
            while try directory.isBeingDeleted(named) {
                do {
                    try data.finishDeletions(in: directory)
                } catch is DataFolderLock.Taken where .now < deadline {
                    Thread.sleep(forTimeInterval: 0.05)
                } catch is DataFolderLock.Taken {
                    print("Deleted. Its files go when the server has answered the requests that still read them.")
                    return
                }
            }
            print("Deleted.")
        }

        private func consequence(for project: Project) -> String {
            let name = project.name.shown()
            let extent: String
            do {
                let record = try data.existingRecord(of: project)
                defer { record?.close() }
                let (events, people) = (try record?.ledgerTotals().stored ?? 0, try record?.peopleCount() ?? 0)
                extent =
                    "\(events) \(events == 1 ? "event" : "events") of \(people) \(people == 1 ? "person" : "people")"
            } catch {
                extent = "its events and people (how many cannot be told: \(Complaint(error)))"
            }
            return
                "The project \(name) (id \(project.id)) is deleted with \(extent), its keys and its settings. That cannot be"
                + " undone."
        }
    }
}
