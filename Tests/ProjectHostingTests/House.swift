import DuckDBStore
import EventExport
import EventModel
import Foundation
import HTTPEdge
import Ingestion
import Logging
import ProjectHosting
import ProjectStore
import QueryExecution
import Storage
import Synchronization
import TestSupport
import Testing

/// A data folder, and the server that runs on it.
final class House: Sendable {
    let folder = TemporaryFolder()
    /// What goes wrong in the folder while no server runs.
    var projects: URL { folder.url.appendingPathComponent("projects") }

    func file(_ name: String, of project: Project) -> URL { projects.appendingPathComponent("\(project.id)/\(name)") }

    /// Makes projects, and leaves.
    func create(_ names: String...) throws -> [Project] {
        let directory = try ProjectDirectory(dataFolder: folder.url)
        defer { directory.close() }
        return try names.map { name in try directory.create(name: name, timeZone: .utc) }
    }

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - openStore: opens DuckDB files if left out.
    ///   - change: what else is to be otherwise.
    func open(
        _ openStore: StoreOpening? = nil,
        with change: (inout HostingSettings) -> Void = { _ in }
    ) throws -> ProjectHouse {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let duckDB: StoreOpening = { _, folder, committed in
            let files = EventFolder(folder)
            try files.settle()
            return try DuckDBEventStore(path: files.file.path, committed: committed)
        }
        var settings = HostingSettings(
            openStore: openStore ?? duckDB,
            now: { Timestamp(milliseconds: 1_700_000_000_000) },
            logger: logger
        )
        settings.moment = .milliseconds(50)
        settings.openNextStore = { _, folder, current in
            guard let current = current as? DuckDBEventStore else { return NextStore(MemoryEventStore()) }
            let next = try EventFolder(folder).openNext(beside: current)
            return NextStore(next.store, take: next.take, discard: next.discard, settle: next.settle)
        }
        change(&settings)
        let directory = try ProjectDirectory(dataFolder: folder.url)
        return try ProjectHouse(directory, disk: DiskSpace(folder.url), settings: settings)
    }
}

extension ProjectHouse {
    /// Sends an event, and says what came of it.
    func send(_ insertID: String, to project: Project) async throws {
        let hosted = try #require(try await self.project(withAPIKey: project.apiKey))
        let event = "{\"user_id\":\"user-1\",\"event_type\":\"A\",\"insert_id\":\"\(insertID)\"}"
        let body = "{\"api_key\":\"\(project.apiKey)\",\"events\":[\(event)]}"
        _ = try await hosted.writer.store(RequestDecoder.decode(Array(body.utf8)).events.get())
    }

    /// How many events questions see.
    func count(of project: Project) async throws -> Int {
        let hosted = try #require(try await self.project(withAPIKey: project.apiKey))
        let answer = try await hosted.people.activity(
            of: .amplitudeID(AmplitudeID(1)),
            newestFirst: true,
            offset: 0,
            limit: 1,
            zone: .utc
        )
        return answer.person?.activity.events ?? 0
    }
}

extension OpenProject {
    func send(_ events: some Collection<String>) async throws {
        let body = #"{"api_key":"x","events":[\#(events.joined(separator: ","))]}"#
        _ = try await hosted.writer.store(RequestDecoder.decode(Array(body.utf8)).events.get())
    }

    /// Runs to the end.
    @discardableResult
    func compact(
        endingGraces endsGraces: Bool = false,
        meaningIt isMeant: Bool = false
    ) async throws -> CompactionReceipt {
        let runs = compactor.status.runs
        compactor.begin(endingGraces: endsGraces, meaningIt: isMeant)
        _ = await eventually(within: .seconds(600)) { compactor.status.runs > runs }
        guard case .done(let receipt) = compactor.status.outcome else {
            throw CompactionFailure(outcome: compactor.status.outcome)
        }
        return receipt
    }

    /// All events, as they are exported.
    func lines() async throws -> [String] {
        let page = try await hosted.exports.page(.all, from: 0, to: nil)
        #expect(page.next == page.end)
        return String(decoding: page.lines, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

struct CompactionFailure: Error {
    var outcome: CompactionStatus.Outcome?
}

extension ProjectHouse {
    /// Whether the house knows that a key is nobody's.
    func isUnknown(_ key: String) async throws -> Bool { try await project(withAPIKey: key) == nil }
}

/// What a body throws, as what a client hears.
func failure(_ body: () async throws -> Void) async -> Failure? {
    do {
        try await body()
        return nil
    } catch {
        return Failure(error)
    }
}

/// Waits until something is so, a minute at most, or longer where all tests at once make much work slow.
func eventually(within patience: Duration = .seconds(60), _ isSo: () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
        if await isSo() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return false
}
