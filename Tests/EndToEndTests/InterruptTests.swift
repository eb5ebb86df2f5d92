import Foundation
import Testing

extension EndToEnd {
    /// Clients send small requests as fast as they are answered when the server ends; each notes which answers came.
    @Suite("Ctrl-C amid ingestion, and other ways to ask for an end")
    struct InterruptTests {
        @Test("Ctrl-C ends it in good order, with what was acknowledged", arguments: [SIGINT, SIGTERM, SIGHUP])
        func interrupt(signal: Int32) async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("flooded")
            let server = try await ServerProcess.start(in: folder)
            let flood = Flood(name: "Round 1", events: 20)
            let outcome = try await flood.run(against: server.client(keys), endingAfter: 50) {
                try await server.stop(signal)
            }
            let restarted = try await ServerProcess.start(in: folder)
            try await flood.expect(outcome, in: restarted.client(keys))
            try await restarted.stop()
        }

        @Test("what was started with nohup outlives its terminal")
        func nohup() async throws {
            let folder = try TestFolder()
            let program = try Tools.antinode().path
            // The shell's own trap is inherited as "ignored", as nohup does it.
            let process = try ChildProcess(
                URL(filePath: "/bin/bash"),
                ["-c", "trap '' HUP; exec '\(program)' serve --port 0"],
                in: folder.url
            )
            let welcome = await process.output.text(upTo: "Ctrl-C.\n")
            #expect(welcome.contains("Antinode is up"), "\(process.errors.text)")
            process.send(SIGHUP)
            try await Task.sleep(for: .milliseconds(500))
            process.send(SIGTERM)
            let finished = try await process.finish()
            #expect(finished.status == 0 && !finished.errors.contains("SIGHUP"), "\(finished)")
            let address = try #require(welcome.firstMatch(of: /up at (http:\S+)/)?.output.1)
            #expect(!address.isEmpty)
        }
    }
}

/// What was sent at once by several clients, each request with a name of its own.
private actor Flood {
    struct Outcome {
        /// Names of requests.
        var acknowledged: Set<String> = []
        var unanswered: Set<String> = []
        /// Answers that are neither of both, which there should not be.
        var refusals: [String] = []
    }

    /// The type of its events.
    let name: String
    /// How many a request has: one for each of so many users.
    let events: Int
    private var requests: Set<String> = []
    private var outcome = Outcome()

    private static let clients = 4
    /// A chart shows at most 1000 groups, and each request is to be one.
    private static let mostRequestsOfClient = 240
    private static let noon: Int64 = 1_709_294_400_000
    private static let day = "20240301-20240301"

    init(name: String, events: Int) {
        self.name = name
        self.events = events
    }

    /// Sends until the server does not answer any more, which `end` brings about.
    ///
    /// - Parameter count: how many requests are to be acknowledged before that.
    func run(
        against project: ProjectClient,
        endingAfter count: Int,
        end: @escaping @Sendable () async throws -> Void
    ) async throws -> Outcome {
        let (answers, answer) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = await answers.prefix(count).reduce(0) { seen, _ in seen + 1 }
                try await end()
            }
            group.addTask {
                await self.sendAll(to: project, answer)
                answer.finish()
            }
            try await group.waitForAll()
        }
        return outcome
    }

    private func sendAll(to project: ProjectClient, _ answer: AsyncStream<Void>.Continuation) async {
        await withTaskGroup { group in
            for client in 0..<Self.clients {
                group.addTask {
                    for request in 0..<Self.mostRequestsOfClient {
                        guard await self.send("\(client)-\(request)", to: project) else { return }
                        answer.yield()
                    }
                }
            }
        }
    }

    /// - Returns: whether there was an answer.
    private func send(_ request: String, to project: ProjectClient) async -> Bool {
        requests.insert(request)
        do {
            let answer = try await project.send(events(of: request))
            if answer.status == 200 {
                outcome.acknowledged.insert(request)
            } else {
                outcome.refusals.append(answer.text)
            }
            return true
        } catch {
            outcome.unanswered.insert(request)
            return false
        }
    }

    private func events(of request: String) -> [SentEvent] {
        (0..<events).map { number in
            SentEvent(
                userID: "user-\(number)",
                eventType: name,
                insertID: "\(name) \(request) \(number)",
                time: Self.noon,
                eventProperties: ["request": request]
            )
        }
    }

    /// Each acknowledged request is there in full; each unanswered one in full or not at all.
    func expect(_ outcome: Outcome, in project: ProjectClient) async throws {
        #expect(outcome.refusals == [])
        #expect(!outcome.unanswered.isEmpty, "the server ended after everything was sent")
        let counts = try await counts(in: project)
        #expect(outcome.acknowledged.filter { counts[$0] != events } == [], "acknowledged, but not there once")
        #expect(outcome.unanswered.filter { ![nil, events].contains(counts[$0]) } == [], "in part or more than once")
        #expect(Set(counts.keys).isSubset(of: requests))
    }

    /// Stored events by request.
    private func counts(in project: ProjectClient) async throws -> [String: Int] {
        let e = #"{"event_type":"\#(name)","group_by":[{"type":"event","value":"request"}]}"#
        return try await project.chart(e, m: "totals", days: Self.day).collapsedGroups
    }
}
