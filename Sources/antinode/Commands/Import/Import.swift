import ArgumentParser
import EventModel
import Foundation
import ImportFiles
import ProjectStore

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring events from elsewhere into a project, as they were.",
        discussion: """
            Takes exports of Amplitude and of Antinode (a zip, a folder, .json.gz or .jsonl), with all times, people, sessions \
            and properties as they are there; files of merged IDs beside them say who turned out to be whom. Works beside a \
            running server (it is sent there) and without one.

              antinode import shop export.zip
              antinode import shop amplitude-2025/ amplitude-2026/
              antinode import shop events.csv --map "Customer=user_id" --map "What=event_type" --map "When=time"

            Also JSON lines as /2/httpapi takes them, CSV, Mixpanel's raw export, and the events of PostHog and Segment as \
            JSON lines; each file's format is seen from its first line.

            The same again is not stored twice: what was ended midway is run again, with the same files. Lines that cannot be \
            stored are told in PROJECT.import-rejects.jsonl, with the reason.
            """
    )

    @Argument(help: "The project's name or id; it has to be there.")
    var project: String

    @Argument(help: "Files, zip files, or folders of them.", completion: .file())
    var files: [String]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What the files are. (default: what each looks like)",
            valueName: "format"
        )
    )
    var format: ImportFormat?

    @Option(
        name: .customLong("map"),
        help: ArgumentHelp(
            "Of CSV: which field a column is, such as \"Customer=user_id\".",
            discussion: """
                Fields are those of /2/httpapi, such as user_id, device_id, event_type, time (milliseconds, seconds, or a date \
                such as 2026-01-31 09:30:00), insert_id, country; event.NAME and user.NAME are properties. Columns that are \
                called like a field need no word; others are event properties.
                """,
            valueName: "column=field"
        )
    )
    var mapping: [ColumnMapping] = []

    @Option(name: .long, help: "Where lines go that cannot be stored. (default: PROJECT.import-rejects.jsonl)")
    var rejects: String?

    @OptionGroup var data: DataOptions

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name the files to import.") }
    }

    func run() async throws {
        let directory = try data.directory()
        let target = try directory.project(project)
        let entries: [ImportEntry]
        do {
            entries = try ImportEntry.all(at: files)
        } catch let error as ImportFileError {
            throw Complaint(sentence: "\(error)")
        }
        let rejected = RejectedLines(path: rejects ?? "\(target.fileName).import-rejects.jsonl")
        let api = try await ProjectAPI(target, directory: directory, data: data)
        var job = ImportJob(
            entries,
            title: "Importing into \(target.name.shown())",
            format: format,
            mapping: mapping,
            rejected: rejected,
            api
        )
        do {
            try await job.run(entries)
        } catch {
            await api.close()
            throw error
        }
        await api.close()
        print(Self.summary(job.counts, rejected, files: entries.count))
        if rejected.count > 0 { throw ExitCode(2) }
    }

    private static func summary(_ counts: ImportJob.Counts, _ rejected: RejectedLines, files: Int) -> String {
        var text = "\(counts.received) lines of \(files) file\(files == 1 ? "" : "s"): \(counts.stored) events stored"
        if counts.duplicate > 0 { text += ", \(counts.duplicate) were there already" }
        if counts.expired > 0 { text += ", \(counts.expired) of days that have left the project (expired)" }
        if counts.merges > 0 { text += ", \(counts.merges) merged IDs" }
        if counts.dropped > 0 { text += ", \(counts.dropped) of types that the project drops" }
        text += rejected.count == 0 ? "." : ", \(rejected.count) rejected: see \(rejected.path.shown())."
        return text
    }
}
