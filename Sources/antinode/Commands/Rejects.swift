import ArgumentParser
import EventModel
import Foundation
import Ingestion
import ProjectStore
import SQLiteFiles
import Storage

struct Rejects: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show and send again the requests that were refused.",
        discussion: """
            The newest refused requests of a project are kept, so that a sender's mistake loses nothing: fix what was \
            wrong, or allow it, and replay. Works beside a running server and without one.
            """,
        subcommands: [List.self, Show.self, Replay.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List refused requests, newest first, with the fields and events that are to be mended."
        )

        @OptionGroup var target: ProjectOptions

        @Option(name: .long, help: "How many to list.")
        var limit = 50

        func run() throws {
            let record = try target.open().record
            defer { record?.close() }
            let requests = try record?.rejectedRequests(limit: max(1, limit)) ?? []
            if requests.isEmpty {
                print("Nothing was refused.")
            } else if isatty(FileHandle.standardOutput.fileDescriptor) == 1 {
                var table = Table("id", "received", "path", "events", "reason")
                for request in requests {
                    table.add(
                        "\(request.id)",
                        request.receivedAt.iso8601,
                        request.path,
                        "\(request.events)",
                        request.why
                    )
                }
                print(table.text)
            } else {
                // For scripts: a request a line, with tabs between.
                for request in requests { print("\(request.id)\t\(request.summary)") }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a refused request's body, and why it was refused.",
            discussion: """
                The body goes to standard output, and what it is about to standard error, so that \
                `antinode rejects show 1 > body` makes a file to mend. Control characters are written as JSON writes them.
                """
        )

        @Argument(help: "Its number in the list.")
        var id: Int64

        @OptionGroup var target: ProjectOptions

        @Flag(name: .long, help: "Print the body to the byte, with what may move a terminal's cursor.")
        var raw = false

        func run() throws {
            let record = try target.open().record
            defer { record?.close() }
            let request = try target.request(id, in: record)
            let heading = request.summary.replacing("\t", with: "  ")
            try? FileHandle.standardError.write(contentsOf: Data("#\(id)  \(heading)\n".utf8))
            if raw {
                try? FileHandle.standardOutput.write(contentsOf: Data(request.body))
            } else {
                print(String(decoding: request.body, as: UTF8.self).shown(lines: true))
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send refused requests again; those that are taken leave the list, the others keep their numbers."
        )

        @Argument(help: "Numbers in the list; none means all, oldest first.")
        var ids: [Int64] = []

        @Option(name: .long, help: "A file with the mended body to send instead; for one request.")
        var body: String?

        @OptionGroup var target: ProjectOptions

        func validate() throws {
            if body != nil, ids.count != 1 { throw ValidationError("--body mends one request: name its number.") }
        }

        func run() async throws {
            let (project, existing) = try target.open()
            guard let record = existing else {
                if let id = ids.first { _ = try target.request(id, in: existing) }
                print("Nothing was refused.")
                return
            }
            defer { record.close() }
            let wanted = ids.isEmpty ? try record.rejectedRequests(limit: .max).map(\.id).reversed() : ids
            if wanted.isEmpty {
                print("Nothing was refused.")
                return
            }
            for id in wanted { _ = try target.request(id, in: record) }
            let mended = try body.map(Self.contents)
            let api = try await ProjectAPI(project, directory: target.data.directory(), data: target.data)
            for id in wanted {
                var request = try target.request(id, in: record)
                if let mended { request.body = mended }
                let last = try record.lastRejectedRequest()
                do {
                    try await api.send(request.body, path: request.path, contentType: request.contentType)
                    try record.forgetRejectedRequest(id)
                    print("\(id)\ttaken: \(request.events) events")
                } catch let refusal as ProjectAPI.Refused {
                    try record.forgetVainReplay(of: id, sent: request, after: last)
                    print("\(id)\tstill refused: \(refusal.description.shown())")
                }
            }
            await api.close()
        }

        private static func contents(ofFile path: String) throws(Complaint) -> [UInt8] {
            do {
                return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            } catch {
                throw Complaint("The file \(path) cannot be read: \(reason(of: error)).")
            }
        }
    }
}

extension RejectedRequest {
    /// When, where, how many events and why, with tabs between.
    fileprivate var summary: String {
        [receivedAt.iso8601, path.shown(), "\(events) events", why].joined(separator: "\t")
    }

    fileprivate var why: String { (details.isEmpty ? reason : "\(reason): \(details)").shown() }
}

/// Which project a command is about.
struct ProjectOptions: ParsableArguments {
    @Option(name: .long, help: "The project's name or id.")
    var project = "default"

    @OptionGroup var data: DataOptions

    /// The project and its record; that is `nil` if nothing was ever sent to it.
    func open() throws -> (project: Project, record: ProjectDatabase?) {
        let project = try data.directory().project(project)
        return (project, try data.existingRecord(of: project))
    }

    func request(_ id: Int64, in record: ProjectDatabase?) throws -> RejectedRequest {
        guard let request = try record?.rejectedRequest(id) else {
            throw Complaint("There is no refused request \(id). `antinode rejects list` shows those that there are.")
        }
        return request
    }
}
