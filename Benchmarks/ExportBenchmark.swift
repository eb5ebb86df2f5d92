import DuckDB
import EventExport
import EventModel
import Foundation
import Storage

/// An export as Amplitude has it, against DuckDB's own `COPY … TO` of the same rows as gzip'd JSON; and whether its memory
/// stays the same however many rows there are.
struct ExportBenchmark {
    let file: BenchmarkFile
    let folder: URL
    let runs: Int

    func run() async throws {
        let theirs = try await rival()
        let store = try file.open()
        let exports = EventExports(
            of: 1,
            from: store,
            now: { BenchmarkData.now },
            settle: {},
            waitUntilVisible: { () throws(EventStoreError) in }
        )
        // Everything was received in one moment.
        let times = BenchmarkData.start..<Timestamp(milliseconds: BenchmarkData.start.milliseconds + 1)
        let path = folder.appending(path: "export.zip")
        // By run: megabytes above its first part.
        var growths: [Double] = []
        let made = try await best(of: runs) {
            try Data().write(to: path)
            let output = try FileHandle(forWritingTo: path)
            guard let export = try await exports.begin(times) else { return }
            var (first, growth): (Double?, Double) = (nil, 0)
            while let bytes = try await export.next() {
                try output.write(contentsOf: bytes)
                let resident = try ProcessMeter.own.residentMegabytes()
                if let first { growth = max(growth, resident - first) } else { first = resident }
            }
            try output.close()
            growths.append(growth)
        }
        let count = try lines(path)
        let ours = made.mapAnswer { _ in count }
        guard ours.answer == theirs.answer else {
            throw AnswersDiffer(question: "export", ours: ["\(ours.answer)"], theirs: ["\(theirs.answer)"])
        }
        report("export of \(ours.answer) events", ours: ours, theirs: theirs, rival: "COPY TO", bar: 0.5)
        reportBar(
            "memory of an export",
            growths.map { String(format: "%.0f", $0) }.joined(separator: ", then ") + " MB above its first part",
            bar: "at most 100 MB once DuckDB's cache is full",
            holds: growths[growths.count - 1] <= 100
        )
        reportLoad()
    }

    /// What Python counts in a file: also a check that it is whole.
    private func lines(_ path: URL) throws -> Int {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import gzip, sys, zipfile
            def count(file): return sum(1 for _ in file)
            if sys.argv[1].endswith(".zip"):
                with zipfile.ZipFile(sys.argv[1]) as zip:
                    print(sum(count(gzip.open(zip.open(name))) for name in zip.namelist()))
            else:
                print(count(gzip.open(sys.argv[1])))
            """, path.path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    private func rival() async throws -> Measured<Int> {
        let connection = try file.rival()
        let path = folder.appending(path: "rival.json.gz")
        let copied = try await best(of: runs) {
            try connection.execute("COPY event_log TO '\(path.path)' (FORMAT json, COMPRESSION gzip)")
        }
        let count = try lines(path)
        return copied.mapAnswer { _ in count }
    }
}
