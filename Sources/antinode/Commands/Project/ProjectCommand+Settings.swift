import ArgumentParser
import EventModel
import ProjectStore

extension ProjectCommand {
    struct Rename: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Call a project otherwise; its id, keys and events stay."
        )

        @Argument(help: "The project's name or id.")
        var project: String

        @Argument(help: "A name that no other project has: 1 to 200 printable characters, not only digits.")
        var newName: String

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() throws {
            output.show(try data.directory().rename(project, to: newName))
        }
    }

    struct SetTimeZone: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "time-zone",
            abstract: "Say where a project's days begin.",
            discussion: "Holds for all answers from then on, also about events that came earlier."
        )

        @Argument(help: "The project's name or id.")
        var project: String

        @Argument(
            help: "A name of the IANA list, such as Europe/Berlin, or UTC.",
            transform: ProjectTimeZone.init(typed:)
        )
        var timeZone: ProjectTimeZone

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() throws {
            output.show(try data.directory().setTimeZone(project, to: timeZone))
        }
    }

    struct SetRetentionDays: ParsableCommand {
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
                    throw ValidationError("A day is 24h or calendar, not \(text.shown()).")
                }
                return days
            }
        )
        var days: RetentionDays

        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func run() throws {
            output.show(try data.directory().setRetentionDays(project, to: days))
        }
    }
}

extension ProjectTimeZone {
    init(typed name: String) throws(ValidationError) {
        guard let zone = Self(name: name) else {
            throw ValidationError(
                "There is no time zone \(name.shown()). Use a name of the IANA list, such as Europe/Berlin."
            )
        }
        self = zone
    }
}
