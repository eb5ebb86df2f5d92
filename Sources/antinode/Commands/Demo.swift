import ArgumentParser
import DemoShop
import EventModel
import Foundation
import Ingestion
import Logging
import ProjectStore
import Storage

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill a project with a made-up web shop, to have something to look at.",
        discussion: """
            The shop's visitors browse, sign up, buy and come back, up to now. Run it again later, and the shop has gone on \
            meanwhile. The same seed gives the same shop. Works beside a running server (it is sent there) and without one.
            """
    )

    @Option(name: .long, help: "The project to fill; made if it is not there.")
    var project = "demo"

    @Option(name: .long, help: "How many people visit the shop in its first days.")
    var users = 2_000

    @Option(name: .long, help: "How many days it has been open when it is first told.")
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
        let before = try counts(target)
        let api = try await ProjectAPI(target, directory: directory, data: data)
        try await fill(target, in: directory.folder(of: target), through: api)
        await api.close()
        let after = try counts(target)
        let story = "\(users) visitors over \(days) days"
        print()
        if before.stored == 0 {
            print("\(after.stored) events of \(story) are in the project \(target.name.shown()).")
        } else {
            let new = after.stored - before.stored
            print(
                "\(before.stored) events were in the project \(target.name.shown()) before;"
                    + (new == 0 ? " nothing of \(story) is new." : " \(new) events of \(story) are new.")
            )
        }
        let credentials = ShellCommand.antinode(
            "project",
            "show",
            target.name,
            "--credentials",
            dataFolder: try data.folder()
        )
        print(
            """
            Ask for purchases each day, by country\(api.isServer ? "" : ", when the server runs"):

              curl -s -G \(api.address)/api/2/events/segmentation -u "$(\(credentials))" \\
                --data-urlencode 'e={"event_type":"Purchase"}' -d m=totals -d g=country -d start=\(firstDay) -d end=\(lastDay)
            """
        )
    }

    /// Sends the shop's events up to now; those alone that are new, if it was told before.
    ///
    /// - Parameter folder: the project's.
    private func fill(_ target: Project, in folder: URL, through api: ProjectAPI) async throws {
        let now = Timestamp.now
        let today = ProjectTimeZone.utc.date(of: now).daysSinceEpoch
        var progress = DemoProgress(seed: seed, users: users, days: days, firstDay: today - days + 1)
        if let earlier = DemoProgress(in: folder), earlier.isSameShop(as: progress),
            earlier.firstDay <= progress.firstDay
        {
            progress = earlier
        }
        let laterDays = today - progress.firstDay - days + 1
        var shop = DemoShop(.init(seed: seed, users: users, days: days, laterDays: laterDays, end: now.milliseconds))
        var bar = ProgressBar(title: "Filling \(target.name.shown())", total: shop.estimatedEventCount)
        var sent = 0
        while let day = shop.nextDay() {
            for batch in day.batches(from: progress.sentBefore) {
                try await api.send(batch.json)
                sent += batch.eventCount
                bar.show(sent)
            }
            progress.sentBefore = max(progress.sentBefore, min(day.end, now.milliseconds))
            // The server makes the folder for the first event.
            if sent > 0 { try progress.save(in: folder) }
        }
        bar.finish(sent)
    }

    /// Where all events of the project have gone so far.
    private func counts(_ target: Project) throws -> LedgerCounts {
        guard let record = try data.existingRecord(of: target) else { return LedgerCounts() }
        defer { record.close() }
        return try record.ledgerTotals()
    }

    private var lastDay: String { digits(daysAgo: 0) }
    private var firstDay: String { digits(daysAgo: min(days, 30) - 1) }

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
