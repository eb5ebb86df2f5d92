import ArgumentParser
import EventModel
import Foundation
import ProjectStore

struct Compact: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take out of the files what is to leave them.",
        discussion: """
            People who were deleted, with every trace of them. The server does this itself, within minutes, when their grace \
            is over; this command does it now, also for those whose deletion could still be cancelled, and waits for the \
            end. Days leave that are not kept (`antinode project keep`); those wait for --yes that have more than a tenth of \
            all events, or are due when nothing has come in for two days, as the clock may be wrong then. Works beside a running server (it is asked) and without one. It can be ended midway: what is left is done \
            the next time.
            """
    )

    @Argument(help: "The project's name or id. (default: every project)")
    var project: String?

    @Flag(name: [.long, .short], help: "Let days leave that wait for somebody who means it.")
    var yes = false

    @OptionGroup var data: DataOptions

    func run() async throws {
        let directory = try data.directory()
        for target in try project.map({ [try directory.project($0)] }) ?? directory.all() {
            // Nobody has sent anything to one without a record.
            guard try directory.hasRecord(target) else { continue }
            // In this process each is a house of its own, which closes the list with it.
            let api = try await ProjectAPI(target, directory: data.directory(), data: data)
            let job = CompactionJob(target, api)
            do {
                print(try await job.run(meaningIt: yes))
                await api.close()
            } catch {
                await api.close()
                throw error
            }
        }
    }
}
