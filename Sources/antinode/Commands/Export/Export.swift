import ArgumentParser
import EventExport
import EventModel
import Foundation
import HTTPEdge
import MetricsAPI
import ProjectStore

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a project's events into a file.",
        discussion: """
            All events that are there when it begins, or some of them, in the order in which they came, with all that is \
            known of each. Works beside a running server (it is asked) and without one.

              antinode export shop --format csv --events "Sign Up,Purchase" --from 20260101 --to 20260131
              antinode export shop --format parquet --where 'country in Germany,Austria and price > 5'
              antinode export shop --output - | gzip > shop.jsonl.gz

            While it is under way, the file is called FILE.part. If it is ended midway, run it again with the same options, \
            and it goes on where it was. Beside the file it writes FILE.merged-ids.jsonl: which Amplitude IDs were found to \
            be another one's person, and when.
            """
    )

    @Argument(help: "The project's name or id.")
    var project: String

    @Option(name: .long, help: "jsonl (a JSON object a line), csv or parquet.")
    var format = ExportFormat.jsonl

    @Option(
        name: .long,
        help: "The first day or hour of the events' time, in the project's time zone: 20260131 or 20260131T09."
    )
    var from: String?

    @Option(name: .long, help: "The last day or hour, itself included.")
    var to: String?

    @Option(name: .long, help: "Only these types of events, with commas between: \"Sign Up,Purchase\".")
    var events: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Only events for which this holds: 'country in DE,AT and gp:plan is not free and price > 5'.",
            discussion: """
                Built-in properties such as country by their names, those of users as gp:NAME, those of the event by their \
                names, or as event:NAME. Between property and values: is, is not, in, not in, contains, does not contain, \
                starts with, >, >=, <, <=, is set, is not set. What has blanks or commas in it is put into "quotation \
                marks".
                """,
            valueName: "conditions"
        )
    )
    var conditions: String?

    @Option(name: .long, help: "The file; - is standard output. (default: the project's name, such as shop.jsonl)")
    var output: String?

    @OptionGroup var data: DataOptions

    func run() async throws {
        let directory = try data.directory()
        let target = try directory.project(project)
        let request = ExportRequest(
            project: target.id,
            apiKey: target.apiKey,
            format: format,
            from: from,
            to: to,
            events: events,
            conditions: conditions
        )
        do {
            _ = try ExportSelection(parsing: SentParameters(urlEncoded: request.query), in: target.timeZone)
        } catch {
            throw Complaint(sentence: error.message)
        }
        if output == "-" {
            let api = try await ProjectAPI(target, directory: directory, data: data)
            try await writeOut(request, of: target, api)
            await api.close()
            return
        }
        let path = output ?? "\(target.fileName).\(format.rawValue)"
        let file = try ExportFile(path, request)
        let merges: Int
        do {
            let api = try await ProjectAPI(target, directory: directory, data: data)
            let job = ExportJob(request, title: "Exporting \(target.name.shown())", api)
            try await job.write(into: file)
            merges = try await job.writeMerges(into: file.mergedIDsPath)
            await api.close()
            try file.finish()
        } catch {
            file.leaveNothingOfNothing()
            throw error
        }
        print(
            "\(file.progress.events) events, \(Self.size(ofFile: path)), are in \(path.shown());"
                + " \(merges) merged IDs in \(file.mergedIDsPath.shown())."
        )
    }

    /// To standard output, of which nothing can be gone on with.
    private func writeOut(_ request: ExportRequest, of target: Project, _ api: ProjectAPI) async throws {
        let job = ExportJob(request, title: "Exporting \(target.name.shown())", api)
        let output = FileHandle.standardOutput
        guard format == .parquet else {
            try await job.forEachPage { page, isFirst in
                try output.write(contentsOf: format.bytes(of: page.lines, isFirst: isFirst))
            }
            return
        }
        // A Parquet file is known when it is whole.
        let folder = FileManager.default.temporaryDirectory.appending(path: "antinode-export-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try ExportFile(folder.appending(path: "rows.parquet").path, request)
        try await job.write(into: file)
        try file.finish()
        let whole = try FileHandle(forReadingFrom: folder.appending(path: "rows.parquet"))
        while let bytes = try whole.read(upToCount: 1 << 20), !bytes.isEmpty { try output.write(contentsOf: bytes) }
    }

    private static func size(ofFile path: String) -> String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let bytes = (attributes?[.size] as? Int) ?? 0
        for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)] where bytes >= size {
            return "\(Double(bytes * 10 / size) / 10) \(unit)"
        }
        return "\(bytes) bytes"
    }
}

extension Project {
    /// Its name as far as every file may be called that.
    var fileName: String {
        let name = name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }
        return name.first == "." || name.first == "-" ? "project-\(id)" : String(name)
    }
}

extension Complaint {
    /// - Parameter sentence: without a capital letter and a stop.
    init(sentence: String) {
        self.init(sentence.prefix(1).uppercased() + sentence.dropFirst() + (sentence.hasSuffix(".") ? "" : "."))
    }
}
