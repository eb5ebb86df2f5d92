import ArgumentParser
import EventModel
import ProjectStore

struct ProjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project",
        abstract:
            "Create and list projects, show and change their keys and settings, silence devices, delete projects.",
        discussion: "Works beside a running server, which notices within a second.",
        subcommands: [
            Create.self, List.self, Show.self, Rename.self, SetTimeZone.self, SetRetentionDays.self, Keep.self,
            RotateKeys.self,
            Silence.self, Unsilence.self, Silenced.self, Delete.self,
        ]
    )

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a project with fresh keys.")

        @Argument(help: "A name that no other project has: 1 to 200 printable characters, not only digits.")
        var name: String

        @Option(
            name: .long,
            help: "The time zone in which its days begin, such as Europe/Berlin. (default: UTC)",
            transform: ProjectTimeZone.init(typed:)
        )
        var timeZone: ProjectTimeZone?

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() throws {
            output.show(try data.directory(.makeIfMissing).create(name: name, timeZone: timeZone ?? .utc))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all projects.")

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() throws {
            let directory = try data.directory()
            let projects = try directory.all()
            if output.json {
                output.show(projects, directory)
            } else if projects.isEmpty {
                print("No project yet. `antinode serve` makes one, or `antinode project create NAME`.")
            } else {
                var table = Table("id", "name", "time zone", "keeps")
                for project in projects {
                    table.add(
                        "\(project.id)",
                        project.name,
                        project.timeZone.name,
                        directory.keeping(of: project).words
                    )
                }
                print(table.text)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a project and its keys.")

        @Argument(help: "The project's name or id.")
        var project: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        @Flag(
            name: .long,
            help: "Print KEY=… and SECRET=…, for a shell: eval \"$(antinode project show NAME --shell)\""
        )
        var shell = false

        @Flag(name: .long, help: "Print API key and secret key with a colon between them, for curl --user.")
        var credentials = false

        func validate() throws {
            if [output.json, shell, credentials].count(where: { $0 }) > 1 {
                throw ValidationError("--json, --shell and --credentials are three ways to print it: choose one.")
            }
        }

        func run() throws {
            let directory = try data.directory()
            let found = try directory.project(project)
            if shell {
                print("KEY=\(found.apiKey)\nSECRET=\(found.secretKey)")
            } else if credentials {
                print("\(found.apiKey):\(found.secretKey)")
            } else {
                output.show(found, directory.keeping(of: found))
            }
        }
    }
}
