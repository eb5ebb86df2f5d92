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
            end. Works beside a running server (it is asked) and without one. It can be ended midway: what is left is done \
            the next time.
            """
    )

    @Argument(help: "The project's name or id. (default: every project)")
    var project: String?

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
                print(try await job.run())
                await api.close()
            } catch {
                await api.close()
                throw error
            }
        }
    }
}
