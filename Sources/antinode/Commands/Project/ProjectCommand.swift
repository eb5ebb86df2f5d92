import ArgumentParser
import EventModel
import ProjectStore

struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project",
        abstract: "Create and list projects, show and change their keys and settings, silence devices.",
        discussion: "Works beside a running server, which notices within a second.",
        subcommands: [
            Create.self, List.self, Show.self, RotateKeys.self, SetRetentionDays.self, Silence.self, Unsilence.self,
            Silenced.self,
        ]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a project with fresh keys.")

        @Argument(help: "A name that no other project has.")
        var name: String

        @Option(name: .long, help: "The time zone in which its days begin, such as Europe/Berlin.")
        var timeZone = "UTC"

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() async throws {
            guard let zone = ProjectTimeZone(name: timeZone) else {
                throw ValidationError(
                    "There is no time zone \(timeZone). Use a name of the IANA list, such as Europe/Berlin."
                )
            }
            output.show(try await data.directory().create(name: name, timeZone: zone))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all projects.")

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() async throws {
            let projects = try await data.directory().all()
            if output.json {
                var json = JSONWriter()
                json.list(projects) { $0.project($1) }
                print(json.text)
            } else if projects.isEmpty {
                print("No project yet. `antinode serve` makes one, or `antinode project create NAME`.")
            } else {
                for project in projects { print("\(project.id)\t\(project.name)\t\(project.timeZone.name)") }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a project and its keys.")

        @Argument(help: "The project's name or id.")
        var project: String

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() async throws {
            output.show(try await data.directory().project(project))
        }
    }

    struct RotateKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-keys",
            abstract: "Give a project new keys; the old ones stop working."
        )

        @Argument(help: "The project's name or id.")
        var project: String

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() async throws {
            output.show(try await data.directory().rotateKeys(project))
        }
    }
}

extension ProjectCommand {
    struct SetRetentionDays: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retention-days",
            abstract: "Say what a day is when returns are counted.",
            discussion: """
                24h, as it is at first: windows of 24 hours from the hour of each start. calendar: days from midnight to \
                midnight in the project's time zone. Holds for all answers from then on.
                """
        )

        @Argument(help: "The project's name or id.")
        var project: String

        @Argument(
            help: "24h or calendar.",
            transform: { text in
                guard let days = RetentionDays(rawValue: text) else {
                    throw ValidationError("A day is 24h or calendar, not \(text).")
                }
                return days
            }
        )
        var days: RetentionDays

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() async throws {
            output.show(try await data.directory().setRetentionDays(project, to: days))
        }
    }
}

struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, for scripts.")
    var json = false

    func show(_ project: Project) {
        if json {
            var json = JSONWriter()
            json.project(project)
            print(json.text)
        } else {
            print(
                """
                project     \(project.name)
                id          \(project.id)
                time zone   \(project.timeZone.name)
                retention   \(project.retentionDays == .calendar ? "days of the calendar" : "windows of 24 hours")
                API key     \(project.apiKey)
                secret key  \(project.secretKey)
                """
            )
        }
    }
}

extension DataOptions {
    func directory() async throws -> ProjectDirectory {
        try ProjectDirectory(dataFolder: folder(await reader()))
    }
}

extension JSONWriter {
    fileprivate mutating func project(_ project: Project) {
        raw("{\"id\":")
        integer(project.id)
        raw(",\"name\":")
        string(project.name)
        raw(",\"time_zone\":")
        string(project.timeZone.name)
        raw(",\"retention_days\":")
        string(project.retentionDays.rawValue)
        raw(",\"api_key\":")
        string(project.apiKey)
        raw(",\"secret_key\":")
        string(project.secretKey)
        raw("}")
    }
}
