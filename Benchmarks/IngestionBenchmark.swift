import DuckDB
import Foundation

/// The way in, over HTTP to a real server process: what an event costs, how far an fsync is shared, what memory it takes.
struct IngestionBenchmark {
    let server: URL
    /// Each server has its data in here, and DuckDB its file.
    let folder: URL

    static let batchSize = 1_000
    static let batchConnections = 8
    private static let singleConnections = 64
    /// The rival's least counts: the machine may be busy with other things.
    private static let rivalRuns = 3

    // MARK: Durable batches against DuckDB's own reader of JSON

    func batches(_ count: Int) async throws {
        let events = AppEvents(count: count * Self.batchSize)
        let (ours, seconds) = try await withServer("batches") { server in
            let requests = PreparedRequest.all(events, size: Self.batchSize, apiKey: server.apiKey)
            let bytes = requests.reduce(0) { $0 + $1.bytes.count } / events.count
            print("\(events.count) events of \(bytes) bytes, \(AppEvents.users) users, seed \(AppEvents.seed)")
            let before = try server.meter.cpuSeconds()
            let sent = try await LoadGenerator(
                port: server.port,
                connections: Self.batchConnections,
                rounds: 1,
                duration: .seconds(600)
            ).run(requests)
            try check("events by batches", server.visibleEvents(), equals: events.count)
            try check("events that were acknowledged", sent.events, equals: events.count)
            return (try server.meter.cpuSeconds() - before, sent.seconds)
        }
        print(String(format: "acknowledged at %.0f events a second", Double(events.count) / seconds))
        let theirs = try rival(events)
        func micros(_ seconds: Double) -> String {
            String(format: "%.2f µs of CPU an event", seconds / Double(events.count) * 1e6)
        }
        let ratio = ours / theirs
        reportBar(
            "durable batches",
            "ours \(micros(ours)), DuckDB read_json \(micros(theirs)): \(String(format: "%.2fx", ratio))",
            bar: "at most 0.7x",
            holds: ratio <= 0.7
        )
    }

    /// Least processor time of DuckDB for the same events, as lines of a file, into a table.
    private func rival(_ events: AppEvents) throws -> Double {
        let lines = folder.appending(path: "events.jsonl")
        try Data().write(to: lines)
        let handle = try FileHandle(forWritingTo: lines)
        var events = events
        while case let part = Array((0..<Self.batchSize).lazy.compactMap { _ in events.next() }), !part.isEmpty {
            try handle.write(contentsOf: Data((part.joined(separator: "\n") + "\n").utf8))
        }
        try handle.close()

        var least = Double.infinity
        for run in 1...Self.rivalRuns {
            least = try min(least, load(lines, into: folder.appending(path: "rival-\(run).duckdb"), events.count))
        }
        return least
    }

    private func load(_ lines: URL, into file: URL, _ count: Int) throws -> Double {
        let columns = Self.columns.map { "\"\($0.name)\" \($0.type)" }.joined(separator: ", ")
        let types = Self.columns.map { "\"\($0.name)\": '\($0.type)'" }.joined(separator: ", ")
        let connection = try Connection(Database(.file(file.path), options: ["threads": "2"]))
        try connection.execute("CREATE TABLE events (\(columns))")
        let before = try ProcessMeter.own.cpuSeconds()
        try connection.execute(
            "INSERT INTO events SELECT * FROM read_json(?, format = 'newline_delimited', columns = {\(types)})",
            [.text(lines.path)]
        )
        let seconds = try ProcessMeter.own.cpuSeconds() - before
        let rows: Int64? = try connection.scalar(
            "SELECT count(DISTINCT insert_id) FROM events WHERE event_properties IS NOT NULL"
        )
        try check("events in DuckDB", Int(rows ?? 0), equals: count)
        return seconds
    }

    private static let columns =
        [
            "insert_id", "user_id", "device_id", "event_type", "platform", "os_name", "os_version", "device_model",
            "language", "country", "ip", "app_version",
        ].map { (name: $0, type: "VARCHAR") } + [
            (name: "time", type: "BIGINT"), (name: "session_id", type: "BIGINT"),
            (name: "event_properties", type: "JSON"),
        ]

    // MARK: Single events against one fsync a request

    func singles() async throws {
        let (requestsPerSecond, perCPUSecond) = try await withServer("singles") { server in
            let before = try server.meter.cpuSeconds()
            let requests = PreparedRequest.all(AppEvents(count: 20_000), size: 1, apiKey: server.apiKey)
            let sent = try await LoadGenerator(
                port: server.port,
                connections: Self.singleConnections,
                rounds: PreparedRequest.mostRounds,
                duration: .seconds(6)
            ).run(requests)
            try check("single events", server.visibleEvents(), equals: sent.events)
            let cpuSeconds = try server.meter.cpuSeconds() - before
            return (Double(sent.requests) / sent.seconds, Double(sent.requests) / cpuSeconds)
        }
        print(String(format: "single events: %.0f requests a second of the server's CPU time", perCPUSecond))
        let syncsPerSecond = try Self.syncsPerSecond(in: folder)
        let ratio = requestsPerSecond / syncsPerSecond
        reportBar(
            "single events, \(Self.singleConnections) connections",
            String(format: "%.0f requests/s, one fsync each %.0f/s: %.1fx", requestsPerSecond, syncsPerSecond, ratio),
            bar: "at least 20x",
            holds: ratio >= 20
        )
    }

    /// How often a second a block of 4 KB can be made durable, one after the other: always the same block, which is the
    /// quickest.
    private static func syncsPerSecond(in folder: URL) throws -> Double {
        let file = folder.appending(path: "block")
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        let block = Data(repeating: 1, count: 4096)
        let start = ContinuousClock.now
        var count = 0
        while start.duration(to: .now) < .seconds(2) {
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: block)
            #if os(Linux)
            guard fdatasync(handle.fileDescriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
            #else
            try handle.synchronize()
            #endif
            count += 1
        }
        return Double(count) / (start.duration(to: .now) / .seconds(1))
    }

    // MARK: Memory

    func memory(seconds: Int) async throws {
        try await withServer("memory") { server in
            let requests = PreparedRequest.all(
                AppEvents(count: 100 * Self.batchSize),
                size: Self.batchSize,
                apiKey: server.apiKey
            )
            try server.meter.forgetPeak()
            let idle = try server.meter.residentMegabytes()
            let sent = try await LoadGenerator(
                port: server.port,
                connections: Self.batchConnections,
                rounds: PreparedRequest.mostRounds,
                duration: .seconds(seconds)
            ).run(requests)
            let peak = try server.meter.peakMegabytes()
            try check("events of the memory load", server.visibleEvents(), equals: sent.events)
            reportBar(
                "memory, \(seconds) s of batches, \(sent.events) events",
                String(format: "idle %.0f MB, peak %.0f MB: %.0f MB above idle", idle, peak, peak - idle),
                bar: "under 300 MB in 60 s",
                holds: peak - idle < 300
            )
        }
    }

    // MARK: Deletions

    /// A thousand of many people are gone from an answer soon after they are deleted, a hundred at a time.
    func deletions(people count: Int) async throws {
        try await withServer("deletions") { server in
            let requests = stride(from: 0, to: count, by: Self.batchSize).map { first in
                PreparedRequest(
                    (first..<min(first + Self.batchSize, count)).map { number in
                        "{\"user_id\":\"person-\(number)\",\"device_id\":\"device-\(number)\",\"event_type\":\"A\","
                            + "\"time\":\(1_704_067_200_000 + number)}"
                    },
                    apiKey: server.apiKey
                )
            }
            var connection = try HTTPConnection(port: server.port)
            for request in requests {
                let answer = try connection.exchange(request.bytes)
                guard answer.status == 200 else { throw BenchmarkServer.Failed(description: "\(answer)") }
            }
            try check("events of all people", server.visibleEvents(), equals: count)
            let deleted = stride(from: 0, to: count, by: count / 1_000).prefix(1_000).map { "\"person-\($0)\"" }
            let start = ContinuousClock.now
            for first in stride(from: 0, to: 1_000, by: 100) {
                let ids = deleted[first..<first + 100].joined(separator: ",")
                try server.ask("POST", "/api/2/deletions/users", "{\"user_ids\":[\(ids)]}")
            }
            let requested = start.duration(to: .now) / .seconds(1)
            try check("events of those who are left", server.visibleEvents(), equals: count - 1_000)
            let seconds = start.duration(to: .now) / .seconds(1)
            reportBar(
                "1,000 of \(count) people deleted and gone from an answer",
                String(format: "%.2f s, of which %.2f s for ten requests", seconds, requested),
                bar: "under 1 s",
                holds: seconds < 1
            )
        }
    }

    // MARK: Parts

    func withServer<Result>(
        _ name: String,
        _ body: (BenchmarkServer) async throws -> Result
    ) async throws
        -> Result
    {
        let server = try BenchmarkServer(server, in: folder.appending(path: name))
        defer { server.stop() }
        return try await body(server)
    }

    func check(_ what: String, _ count: Int, equals expected: Int) throws {
        if count != expected { throw AnswersDiffer(question: what, ours: ["\(count)"], theirs: ["\(expected)"]) }
    }
}
