import ArgumentParser
import EventModel
import Foundation

@main
struct Antinode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "antinode",
        abstract: "Product analytics on a machine that you own.",
        discussion: """
            Start with `antinode serve`: it makes a project, shows its keys, and how to send a first event and ask for a \
            first chart. `antinode demo` fills a project with a made-up web shop, to have something to look at.
            """,
        version: ServerVersion.number,
        subcommands: [
            Serve.self, SignIn.self, ProjectCommand.self, MemberCommand.self, Rejects.self, Export.self, Import.self,
            Compact.self, Demo.self,
            Version.self,
        ],
        defaultSubcommand: Serve.self
    )

    static func main() async {
        // What is written is nobody else's to read, also by those who know nothing of it, such as DuckDB.
        _ = umask(0o077)
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let mistake = UnknownCommand(arguments) {
            try? FileHandle.standardError.write(contentsOf: Data("Error: \(mistake)\n".utf8))
            exit(withError: ExitCode.validationFailure)
        }
        var command: any ParsableCommand
        do {
            command = try parseAsRoot(arguments)
        } catch {
            exit(withError: error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error where String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") {
            // Help that was asked for, and exit codes.
            exit(withError: error)
        } catch {
            exit(withError: Complaint(error))
        }
    }
}

/// A word where a command was to be, and is none.
struct UnknownCommand: CustomStringConvertible {
    let description: String

    /// `nil` if the words begin with a command. What it is given is looked at later.
    init?(_ arguments: [String]) {
        var group: any ParsableCommand.Type = Antinode.self
        var path = "antinode"
        for word in arguments {
            let commands = group.configuration.subcommands
            if commands.isEmpty || word.hasPrefix("-") || group == Antinode.self && word == "help" { return nil }
            if let command = commands.first(where: { $0._commandName == word }) {
                group = command
                path += " \(word)"
                continue
            }
            let names = commands.map { $0._commandName }
            let nearest = nearestNames(to: word, among: names).map { "`\(path) \($0)`" }
            let hint =
                nearest.isEmpty
                ? "There are: \(names.joined(separator: ", "))."
                : "Did you mean \(nearest.joined(separator: " or "))?"
            description = """
                There is no command `\(path) \(word.shown())`. \(hint)
                Usage: \(Antinode.usageString(for: group))
                """
            return
        }
        return nil
    }
}
