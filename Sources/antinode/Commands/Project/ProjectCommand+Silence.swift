import ArgumentParser
import EventModel
import Foundation
import ProjectStore

extension ProjectCommand {
    struct Silence: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take no more events of some devices.",
            discussion: """
                Requests with their events are answered with a 400 that names these events, and clients send the others \
                again. What was stored stays.
                """
        )

        @Argument(help: "The project's name or id.")
        var project: String

        @Argument(help: "The devices' ids.")
        var ids: [String]

        @OptionGroup var data: DataOptions

        func run() throws {
            let ids = ids.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            if ids.contains("") { throw Complaint("A device id is not empty, such as 1f0ad5c6-web.") }
            let record = try data.record(of: data.project(project))
            defer { record.close() }
            guard try record.silence(ids) else {
                throw Complaint(
                    "No more than \(ProjectDatabase.mostSilencedDevices) devices of a project can be silenced."
                )
            }
            print("Silenced.")
        }
    }

    struct Unsilence: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take events of silenced devices again.")

        @Argument(help: "The project's name or id.")
        var project: String

        @Argument(help: "The devices' ids.")
        var ids: [String]

        @OptionGroup var data: DataOptions

        func run() throws {
            let record = try data.record(of: data.project(project))
            defer { record.close() }
            let unknown = try record.unsilence(ids)
            if !unknown.isEmpty {
                throw Complaint(
                    "Not silenced, the others are heard again: \(unknown.map { $0.shown() }.joined(separator: ", "))"
                )
            }
            print("Heard again.")
        }
    }

    struct Silenced: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List a project's silenced devices.")

        @Argument(help: "The project's name or id.")
        var project: String

        @OptionGroup var data: DataOptions

        func run() throws {
            guard let record = try data.existingRecord(of: data.project(project)) else { return }
            defer { record.close() }
            for id in try record.silencedDevices() { print(id.shown()) }
        }
    }
}
