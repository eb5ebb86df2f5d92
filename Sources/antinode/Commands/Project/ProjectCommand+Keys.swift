import ArgumentParser
import EventModel
import Foundation
import ProjectStore

extension ProjectCommand {
    struct RotateKeys: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-keys",
            abstract: "Give a project new keys; the old ones stop working, at once or later.",
            discussion: """
                Apps that were shipped know the API key, so give them time: with --keep-old 30d they go on sending with the \
                old one meanwhile. If only the secret key has leaked, --secret-only leaves apps alone. Whether old keys are \
                still used is told by antinode_old_key_uses_total in /metrics; --end-old ends them early.
                """
        )

        @Argument(help: "The project's name or id.")
        var project: String

        @Flag(name: .long, help: "Change the secret key alone, with which one reads.")
        var secretOnly = false

        @Option(
            name: .long,
            help: "How long the keys that are replaced go on working, such as 30d, 12h or 2w.",
            transform: LengthOfTime.init(typed:)
        )
        var keepOld: LengthOfTime?

        @Flag(name: .long, help: "Change no key, but end all that were kept, at once.")
        var endOld = false

        @OptionGroup var confirmation: Confirmation
        @OptionGroup var output: OutputOptions
        @OptionGroup var data: DataOptions

        func validate() throws {
            if endOld, secretOnly || keepOld != nil {
                throw ValidationError("--end-old changes no key: say it alone.")
            }
        }

        func run() throws {
            let directory = try data.directory()
            let named = try directory.project(project)
            if endOld {
                if !named.oldKeys(.api, at: .now).isEmpty {
                    try confirmation.ask(
                        "Apps that still send with an old API key of \(named.name.shown()) are refused at once.",
                        of: named,
                        unattended: .goOn
                    )
                }
                output.show(try directory.endOldKeys(project))
                return
            }
            if !secretOnly, keepOld == nil {
                try confirmation.ask(
                    "Apps that send with the API key of today are refused at once; --keep-old 30d would give them time.",
                    of: named,
                    unattended: .goOn
                )
            }
            output.show(
                try directory.rotateKeys(
                    project,
                    secretOnly: secretOnly,
                    keepOldUntil: keepOld.map { Timestamp(milliseconds: Timestamp.now.milliseconds + $0.milliseconds) }
                )
            )
        }
    }
}
