import DuckDB
import Foundation

/// ClickHouse as a library of Python (chdb), in a process of its own. It is large, so it is only used where it is already.
struct ClickHouse {
    let python: String
    /// For its tables.
    let folder: URL

    static let howToGetIt =
        "no ClickHouse to compare with; to get it (180 MB): tools/setup-tests && .venv/bin/python -m pip install"
        + " --no-deps --require-hashes -r tools/requirements-bench.txt"

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    func isThere() throws -> Bool {
        guard FileManager.default.isExecutableFile(atPath: python) else { return false }
        return try output(of: "import chdb", []) != nil
    }

    /// Who reached each step in the whole range: `windowFunnel` knows no days. Its counts are ours where no event may be two
    /// steps: its window is inclusive too, and it puts what has the same time in the order of the steps.
    ///
    /// The table is ordered by person and second. By type, person and second it took as long (23 ms for 3 million events),
    /// and `optimize_aggregation_in_order` made it slower (30 ms).
    func windowFunnels(_ funnels: [FunnelSteps], of file: BenchmarkFile, runs: Int) throws -> [Measured<String>] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let events = folder.appending(path: "events.parquet").path
        do {
            let connection = try file.rival()
            try connection.execute(
                """
                COPY (SELECT "user"::UINTEGER AS "user", (time // 1000)::UINTEGER AS second, type::UTINYINT AS "type"
                FROM events) TO '\(events)' (FORMAT parquet)
                """
            )
        }
        let threads = "\(BenchmarkFile.threads)"
        let arguments =
            [folder.appending(path: "tables").path, events, threads, "\(runs)"] + funnels.map { Self.sql($0) }
        guard let output = try output(of: Self.script, arguments) else {
            throw Failed(description: "ClickHouse did not answer; see above.")
        }
        let answers = try JSONDecoder().decode([Answer].self, from: Data(output.utf8))
        return zip(funnels, answers).map { funnel, answer in
            let reached = funnel.types.indices.map { step in
                answer.levels.reduce(0) { $1[0] > step ? $0 + $1[1] : $0 }
            }
            return Measured(seconds: answer.seconds, cpuSeconds: answer.cpuSeconds, answer: "\(reached)")
        }
    }

    private static func sql(_ funnel: FunnelSteps) -> String {
        let steps = funnel.types.map {
            $0.count == 1 ? "type = \($0.lowerBound)" : "type BETWEEN \($0.lowerBound) AND \($0.upperBound)"
        }
        return """
            SELECT level, count() FROM (
                SELECT windowFunnel(\(FunnelSteps.windowSeconds))(second, \(steps.joined(separator: ", "))) AS level
                FROM bench.events WHERE type <= \(funnel.types.last!.upperBound) GROUP BY user)
            GROUP BY level
            """
    }

    private struct Answer: Decodable {
        var seconds: Double
        var cpuSeconds: Double
        /// The furthest step, and of how many people it is.
        var levels: [[Int]]
    }

    /// Arguments: folder, Parquet file, threads, runs, statements.
    private static let script = """
        import json, sys, time
        from chdb import session
        folder, events, threads, runs = sys.argv[1:5]
        server = session.Session(folder)
        limit = f" SETTINGS max_threads = {threads}"
        server.query("CREATE DATABASE bench")
        server.query("CREATE TABLE bench.events (user UInt32, second UInt32, type UInt8)"
                     " ENGINE = MergeTree ORDER BY (user, second)")
        server.query(f"INSERT INTO bench.events SELECT * FROM file('{events}', Parquet)" + limit)
        server.query("OPTIMIZE TABLE bench.events FINAL")
        answers = []
        for sql in sys.argv[5:]:
            seconds, cpu = [], []
            for _ in range(int(runs)):
                start, start_cpu = time.perf_counter(), time.process_time()
                rows = str(server.query(sql + limit, "CSV"))
                seconds.append(time.perf_counter() - start)
                cpu.append(time.process_time() - start_cpu)
            levels = [[int(cell) for cell in row.split(",")] for row in rows.split()]
            answers.append({"seconds": min(seconds), "cpuSeconds": min(cpu), "levels": levels})
        print(json.dumps(answers))
        """

    /// `nil` if it failed.
    private func output(of script: String, _ arguments: [String]) throws -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", script] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        if script != Self.script { process.standardError = FileHandle.nullDevice }
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
    }
}
