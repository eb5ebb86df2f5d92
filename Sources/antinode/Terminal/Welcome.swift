import EventModel
import Foundation

/// What the console shows when the server is up: where it is, the keys, and two commands that work when pasted.
struct Welcome {
    var project: Project
    var address: String
    var dataFolder: URL
    /// Only a person at a terminal sees the secret key, and only when it was just made: what a server prints is kept in
    /// logs.
    var showsSecret: Bool
    /// `nil` where it is not to be seen, or not needed.
    var signInLink: String?
    var now: Timestamp

    var text: String {
        let today = project.timeZone.date(of: now)
        let keys = ShellCommand.antinode("project", "show", project.name, dataFolder: dataFolder)
        let credentials = ShellCommand.antinode(
            "project",
            "show",
            project.name,
            "--credentials",
            dataFolder: dataFolder
        )
        let demo = ShellCommand.antinode("demo", dataFolder: dataFolder)
        return """

            Antinode is up at \(address)

              project     \(project.name.shown()) (\(project.timeZone.name))
              API key     \(project.apiKey)      public: clients send events with it
              secret key  \(showsSecret ? project.secretKey : "`\(keys)`")      private: with it one reads
              data        \(dataFolder.standardizedFileURL.path)
            \(signInLine)
            Send a first event:

              curl -s \(address)/2/httpapi -H 'Content-Type: application/json' \\
                -d '{"api_key":"\(project.apiKey)","events":[{"user_id":"user-1","event_type":"Hello"}]}'

            Ask for a first chart, people who said hello each day of this week:

              curl -s -G \(address)/api/2/events/segmentation -u "$(\(credentials))" \\
                --data-urlencode 'e={"event_type":"Hello"}' -d start=\(Self.digits(today.adding(days: -6))) -d end=\(Self.digits(today))

            Something to look at: `\(demo)`. Stop with Ctrl-C.

            """
    }

    /// A line with the link, and an empty one below what stands above the commands.
    private var signInLine: String {
        signInLink.map { "  sign in     \($0)      once, within an hour\n" } ?? ""
    }

    private static func digits(_ date: CalendarDate) -> String {
        date.iso.filter { $0 != "-" }
    }
}
