import ArgumentParser
import EventModel
import Foundation
import ProjectStore

extension ProjectCommand {
    struct Silence: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take no more events of some devices.",
            discussion: """
                Requests with their events are answered with a 400 that names these events, and clients send the others \\
                again. What was stored stays.
                """
        )

        @OptionGroup var devices: DeviceArguments

        func run() async throws {
            let ids = devices.ids.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            if ids.contains("") { throw ValidationError("A device id is not empty, such as 1f0ad5c6-web.") }
            let record = try await devices.record()
            defer { record.close() }
            guard try record.silence(ids) else {
                throw ValidationError(
                    "No more than \(ProjectDatabase.mostSilencedDevices) devices of a project can be silenced."
                )
            }
            print("Silenced.")
        }
    }

    struct Unsilence: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take events of silenced devices again.")

        @OptionGroup var devices: DeviceArguments

        func run() async throws {
            let record = try await devices.record()
            defer { record.close() }
            let unknown = try record.unsilence(devices.ids)
            if !unknown.isEmpty {
                throw ValidationError("Not silenced, the others are heard again: \(unknown.joined(separator: ", "))")
            }
            print("Heard again.")
        }
    }

    struct Silenced: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List a project's silenced devices.")

        @Argument(help: "The project's name or id.")
        var project: String

        @OptionGroup var data: DataOptions

        func run() async throws {
            let record = try await data.record(ofProject: project)
            defer { record.close() }
            for id in try record.silencedDevices() { print(id) }
        }
    }
}

struct DeviceArguments: ParsableArguments {
    @Argument(help: "The project's name or id.")
    var project: String

    @Argument(help: "The devices' ids.")
    var ids: [String]

    @OptionGroup var data: DataOptions

    func record() async throws -> ProjectDatabase {
        try await data.record(ofProject: project)
    }
}

extension DataOptions {
    fileprivate func record(ofProject nameOrID: String) async throws -> ProjectDatabase {
        let project = try await directory().project(nameOrID)
        let folder = folder(try await reader()).appendingPathComponent("projects/\(project.id)", isDirectory: true)
        return try ProjectDatabase(folder: folder)
    }
}
