import ArgumentParser

@main
struct Antinode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "antinode",
        abstract: "Product analytics on a machine that you own.",
        discussion: """
            Start with `antinode serve`: it makes a project, shows its keys, and how to send a first event and ask for a \
            first chart. `antinode demo` fills a project with a made-up web shop, to have something to look at.
            """,
        version: "0.1.0",
        subcommands: [Serve.self, ProjectCommand.self, Rejects.self, Demo.self],
        defaultSubcommand: Serve.self
    )
}
