import Foundation

extension IngestionBenchmark {
    /// What a compaction takes from the rate at which events come in: batches without one, beside one, and without one again.
    func compaction(besides duration: Duration, of count: Int) async throws {
        try await withServer("compaction") { server in
            let requests = PreparedRequest.all(
                AppEvents(count: count * Self.batchSize),
                size: Self.batchSize,
                apiKey: server.apiKey
            )
            var rounds = 0
            func load(_ duration: Duration) async throws -> LoadGenerator.Acknowledged {
                // No more rounds fit into the time; the next load begins after those.
                defer { rounds += 1_000 }
                return try await LoadGenerator(
                    port: server.port,
                    connections: Self.batchConnections,
                    rounds: 1_000,
                    firstRound: rounds,
                    duration: duration
                ).run(requests)
            }
            let filled = try await LoadGenerator(
                port: server.port,
                connections: Self.batchConnections,
                rounds: 1,
                firstRound: PreparedRequest.mostRounds - 1,
                duration: .seconds(600)
            ).run(requests)
            _ = try server.visibleEvents()

            let before = try await load(duration)
            let ids = stride(from: 0, to: AppEvents.users, by: AppEvents.users / 100).map { "\"user-\($0)\"" }
            try server.ask("POST", "/api/2/deletions/users", "{\"user_ids\":[\(ids.joined(separator: ","))]}")
            try server.ask("POST", "/api/v1/compaction")
            let beside = try await load(duration)
            let reached = try server.ask("GET", "/api/v1/compaction")
            let start = ContinuousClock.now
            while try server.compactions() == 0 {
                guard start.duration(to: .now) < .seconds(600) else {
                    throw BenchmarkServer.Failed(description: "The compaction does not end.")
                }
                try await Task.sleep(for: .milliseconds(200))
            }
            let rest = start.duration(to: .now) / .seconds(1)
            let after = try await load(duration)

            func rate(_ sent: LoadGenerator.Acknowledged) -> Double { Double(sent.events) / sent.seconds }
            let ratio = rate(beside) / ((rate(before) + rate(after)) / 2)
            print("at the end of the load beside it: \(String(decoding: reached.body, as: UTF8.self))")
            print(String(format: "it took %.1f s more without load", rest))
            reportBar(
                "events beside a compaction of \(filled.events + before.events)",
                String(
                    format: "%.0f/s before, %.0f/s beside it, %.0f/s after: %.2fx",
                    rate(before),
                    rate(beside),
                    rate(after),
                    ratio
                ),
                bar: "at least 0.8x",
                holds: ratio >= 0.8
            )
        }
    }
}

extension BenchmarkServer {
    /// How many compactions have ended.
    fileprivate func compactions() throws -> Int {
        struct Answer: Decodable {
            struct Status: Decodable { var runs: Int }
            var data: Status
        }
        return try JSONDecoder().decode(Answer.self, from: Data(ask("GET", "/api/v1/compaction").body)).data.runs
    }
}
