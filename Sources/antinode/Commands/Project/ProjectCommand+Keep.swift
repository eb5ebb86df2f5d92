import ArgumentParser
import EventModel
import Foundation
import ProjectStore
import Storage

extension ProjectCommand {
    struct Keep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how many days of events a project keeps.",
            discussion: """
                So many whole days by the time of the events, in the project's time zone, and the present one. What is older \
                leaves the files: at once, and each day as it begins. Each person's first event stays, as what says when they \
                were new. Days that have left never come back, whatever is kept later: what comes in of them is answered \
                200, counted as expired, and not stored. Works beside a running server (it is asked) and without one.
                """
        )

        @Argument(help: "The project's name or id.")
        var project: String

        @Argument(help: "A number of days (d) or weeks (w), such as 400d, or forever.", transform: Length.init(typed:))
        var length: Length

        @OptionGroup var confirmation: Confirmation
        @OptionGroup var data: DataOptions

        func run() async throws {
            let directory = try data.directory()
            let named = try directory.project(project)
            let api = try await ProjectAPI(named, directory: directory, data: data)
            do {
                try await keep(named, api)
                await api.close()
            } catch {
                await api.close()
                throw error
            }
        }

        private struct Answer: Decodable {
            var data: Keeping
        }

        private struct Keeping: Decodable {
            struct Leaving: Decodable {
                var cut: String
                var events: Int
                var first: String?
            }

            var cut: String?
            var leaving: Leaving?
        }

        private func keep(_ project: Project, _ api: ProjectAPI) async throws {
            let name = project.name.shown()
            let now = try await ask(api, "GET", length.days.map { "days=\($0.count)" } ?? "")
            var query = "days=\(length.query)"
            if let leaving = now.leaving {
                if leaving.events > 0 {
                    let consequence = consequence(leaving, project)
                    if confirmation.yes {
                        try? FileHandle.standardError.write(contentsOf: Data("\(consequence)\n".utf8))
                    }
                    try confirmation.ask(consequence, of: project, unattended: .refuse)
                }
                query += "&confirmed=\(leaving.cut)"
            }
            _ = try await ask(api, "PUT", query)
            // Nobody else would do it here; a server goes on by itself.
            if !api.isServer { try await CompactionJob(project, api).wait() }
            if let days = length.days {
                let leave = now.leaving.map { $0.events > 0 } ?? false
                print(
                    "\(name) keeps \(days.count) \(days.count == 1 ? "day" : "days") and the present one."
                        + (leave && api.isServer ? " What is older leaves in the background." : "")
                )
            } else {
                let closed = now.cut.map { " Days before \(day($0, project)) have left, and stay closed." } ?? ""
                print("\(name) keeps everything from now on.\(closed)")
            }
        }

        private func consequence(_ leaving: Keeping.Leaving, _ project: Project) -> String {
            let events = "\(leaving.events) \(leaving.events == 1 ? "event" : "events")"
            let days = leaving.first.map { "\(day($0, project)) to" } ?? "up to"
            return
                "\(events) of the days \(days) \(dayBefore(leaving.cut, project)) leave the project"
                + " \(project.name.shown()) (id \(project.id)) for good; people's first events stay as what says when they"
                + " were new. That cannot be undone."
        }

        private func day(_ moment: String, _ project: Project) -> String {
            Timestamp(iso8601: moment).map { project.timeZone.date(of: $0).iso } ?? moment
        }

        private func dayBefore(_ moment: String, _ project: Project) -> String {
            Timestamp(iso8601: moment).map { project.timeZone.date(of: $0).adding(days: -1).iso } ?? moment
        }

        private func ask(_ api: ProjectAPI, _ method: String, _ query: String) async throws -> Keeping {
            let answer = try await api.ask(method, "/api/v1/keeping?\(query)")
            guard answer.status == 200 else { throw api.complaint(about: answer) }
            return try JSONDecoder().decode(Answer.self, from: Data(answer.body)).data
        }
    }
}

extension ProjectCommand.Keep {
    /// How long events are kept, as it is typed: `400d`, `57w`, `forever`.
    struct Length: Equatable, Sendable {
        /// `nil` for ever.
        var days: KeptDays?

        /// As the API has it.
        var query: String { days.map { "\($0.count)" } ?? "forever" }

        init(typed text: String) throws(ValidationError) {
            if text == "forever" {
                days = nil
                return
            }
            let unit: [Character: Int] = ["d": 1, "w": 7]
            guard let length = text.last.flatMap({ unit[$0] }), let count = Int(text.dropLast()),
                case let (number, isTooLarge) = count.multipliedReportingOverflow(by: length), !isTooLarge,
                let days = KeptDays(number)
            else {
                let valid = KeptDays.valid
                throw ValidationError(
                    "What is kept is a number of days (d) or weeks (w), \(valid.lowerBound)d to \(valid.upperBound)d, or"
                        + " forever, such as 400d; \(text.shown()) is not."
                )
            }
            self.days = days
        }
    }
}
