import Foundation

extension IngestionBenchmark {
    /// `antinode import` of what `antinode export` wrote, against the same events as clients send them, in batches over
    /// several connections to the same server.
    func imports(_ count: Int) async throws {
        let events = AppEvents(count: count * Self.batchSize)
        let (sent, imported) = try await withServer("imports") { server in
            let requests = PreparedRequest.all(events, size: Self.batchSize, apiKey: server.apiKey)
            let sent = try await LoadGenerator(
                port: server.port,
                connections: Self.batchConnections,
                rounds: 1,
                duration: .seconds(600)
            ).run(requests)
            try check("events to be exported", server.visibleEvents(), equals: events.count)
            let rows = folder.appending(path: "rows.jsonl")
            _ = try command("export", "default", "--output", rows.path)
            _ = try command("project", "create", "copy")
            let start = ContinuousClock.now
            let summary = try command("import", "copy", rows.path, rows.path + ".merged-ids.jsonl")
            let seconds = start.duration(to: .now) / .seconds(1)
            let stored = summary.firstMatch(of: /(\d+) events stored/).flatMap { Int($0.1) }
            try check("events that were imported", stored ?? -1, equals: events.count)
            return (sent.seconds, seconds)
        }
        let ratio = sent / imported
        func rate(_ seconds: Double) -> String { String(format: "%.0f", Double(events.count) / seconds) }
        reportBar(
            "import of an export",
            "\(rate(imported)) rows/s, in batches \(rate(sent)) events/s: \(String(format: "%.2fx", ratio))",
            bar: "at least 0.5x",
            holds: ratio >= 0.5
        )
    }

    /// Runs a command on the server's data folder.
    private func command(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = server
        process.arguments = arguments + ["--data-dir", folder.appending(path: "imports/data").path]
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkServer.Failed(description: "antinode \(arguments.joined(separator: " ")) failed: \(text)")
        }
        return text
    }
}
