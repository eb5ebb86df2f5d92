import ArgumentParser
import DemoShop
import EventModel
import Foundation
import Ingestion
import Logging
import ProjectStore

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill a project with a made-up web shop, to have something to look at.",
        discussion: """
            The shop's visitors browse, sign up, buy and come back, up to today. The same seed gives the same shop. Works \
            beside a running server (it is sent there) and without one.
            """
    )

    @Option(name: .long, help: "The project to fill; made if it is not there.")
    var project = "demo"

    @Option(name: .long, help: "How many people visit the shop.")
    var users = 2_000

    @Option(name: .long, help: "How many days it has been open.")
    var days = 90

    @Option(name: .long, help: "Another number gives another shop.")
    var seed: UInt64 = 1

    @OptionGroup var data: DataOptions

    func validate() throws {
        guard (1...1_000_000).contains(users) else { throw ValidationError("--users must be from 1 to 1000000.") }
        guard (1...730).contains(days) else { throw ValidationError("--days must be from 1 to 730.") }
    }

    func run() async throws {
        let directory = try data.directory(.makeIfMissing)
        let target = try target(in: directory)
        var shop = DemoShop(.init(seed: seed, users: users, days: days, end: Timestamp.now.milliseconds))

        let sink = try await EventSink(target, directory: directory, data: data)
        var bar = ProgressBar(title: "Filling \(target.name)", total: shop.estimatedEventCount)
        var sent = 0
        while let day = shop.nextDay() {
            for batch in day.batches() {
                try await sink.send(batch.json)
                sent += batch.eventCount
                bar.show(sent)
            }
        }
        await sink.close()
        bar.finish(sent)
        let credentials = ShellCommand.antinode(
            "project",
            "show",
            target.name,
            "--credentials",
            dataFolder: try data.folder()
        )
        print(
            """

            \(sent) events of \(users) visitors over \(days) days are in the project \(target.name).
            Ask for purchases each day, by country:

              curl -s -G \(sink.address)/api/2/events/segmentation -u "$(\(credentials))" \\
                --data-urlencode 'e={"event_type":"Purchase"}' -d m=totals -d g=country -d start=\(firstDay) -d end=\(lastDay)
            """
        )
    }

    private var lastDay: String { digits(daysAgo: 1) }
    private var firstDay: String { digits(daysAgo: min(days, 30)) }

    private func digits(daysAgo days: Int) -> String {
        ProjectTimeZone.utc.date(of: .now).adding(days: -days).iso.filter { $0 != "-" }
    }

    private func target(in directory: ProjectDirectory) throws -> Project {
        do {
            return try directory.project(project)
        } catch .unknownProject {
            return try directory.create(name: project, timeZone: .utc)
        }
    }
}
