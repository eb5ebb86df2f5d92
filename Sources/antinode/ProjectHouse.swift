import ColumnEngine
import DuckDBStore
import EventModel
import Foundation
import HTTPEdge
import Ingestion
import Logging
import ProjectStore
import QueryExecution
import Storage

/// The projects of a data folder, each opened when it is first needed.
actor ProjectHouse: ProjectHost {
    private let directory: ProjectDirectory
    private let dataFolder: URL
    /// Bytes for each project's columns.
    private let columnMemory: Int
    private let disk: DiskSpace
    private let queryLimits: QueryLimitRules?
    private let rates: [IngestionEndpoint: RateLimits]
    private let logger: Logger
    private let executor = SerialQueueExecutor(label: "antinode.projects")

    private var keys = KeyRing()
    private var loadedAt: ContinuousClock.Instant?
    private var openProjects: [Int64: OpenProject] = [:]

    /// How long keys and silenced devices are believed: another process may create a project, rotate its keys, or silence
    /// a device.
    private static let keysAreFreshFor = Duration.seconds(1)

    // Safe: the actor owns its executor.
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameter rates: how much each device and user of each project may send; without limits if left out.
    init(
        _ directory: ProjectDirectory,
        dataFolder: URL,
        columnMemory: Int,
        disk: DiskSpace,
        queryLimits: QueryLimitRules? = nil,
        rates: [IngestionEndpoint: RateLimits] = [:],
        logger: Logger
    ) {
        self.directory = directory
        self.dataFolder = dataFolder
        self.columnMemory = columnMemory
        self.disk = disk
        self.queryLimits = queryLimits
        self.rates = rates
        self.logger = logger
    }

    func project(withAPIKey key: String) async -> HostedProject? {
        if loadedAt.map({ $0.duration(to: .now) > Self.keysAreFreshFor }) ?? true {
            loadKeys()
            loadSilencedDevices()
        }
        if keys.project(withAPIKey: key, at: .now) == nil { loadKeys() }
        guard let (project, isOldKey) = keys.project(withAPIKey: key, at: .now) else { return nil }
        let oldKeyUses = OldKeyMeasures(project: project.name)
        if isOldKey { oldKeyUses.note(.api) }
        do {
            let open = try open(project)
            return HostedProject(
                project: project,
                record: open.record,
                writer: open.writer,
                queries: open.queries,
                people: open.people,
                now: { .now },
                limits: open.limits,
                noteOldKey: oldKeyUses.note
            )
        } catch {
            logger.error("a project cannot be opened", metadata: ["project": "\(project.name)", "error": "\(error)"])
            return nil
        }
    }

    @discardableResult
    func open(_ project: Project) throws -> OpenProject {
        if let open = openProjects[project.id] { return open }
        let folder = dataFolder.appendingPathComponent("projects/\(project.id)", isDirectory: true)
        let open = try OpenProject(
            project,
            folder: folder,
            columnMemory: columnMemory,
            disk: disk,
            queryLimits: queryLimits,
            rates: rates,
            logger: logger
        )
        openProjects[project.id] = open
        return open
    }

    /// What keeps the server from taking and answering, as a sentence; `nil` if nothing does. Writes and reads for real.
    func problem() async -> String? {
        if disk.isShort { return "Less than \(DiskSpace.reserveBytes >> 20) MB are free: no more events are taken." }
        do {
            try directory.probe()
            for open in openProjects.values { try await open.feeder.waitUntilComplete() }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Finishes what was begun, and closes the files.
    func close() async {
        for open in openProjects.values { await open.close() }
        openProjects = [:]
    }

    private func loadSilencedDevices() {
        for open in openProjects.values {
            do {
                try open.loadSilencedDevices()
            } catch {
                // Those known so far stay silenced.
                logger.error("the silenced devices cannot be read", metadata: ["error": "\(error)"])
            }
        }
    }

    private func loadKeys() {
        do {
            keys = KeyRing(try directory.all())
            loadedAt = .now
        } catch {
            // The keys known so far go on working.
            logger.error("the project list cannot be read", metadata: ["error": "\(error)"])
        }
    }
}

/// One project's parts, wired: record → writer → feeder → store → columns → queries.
struct OpenProject: Sendable {
    let record: ProjectDatabase
    let store: DuckDBEventStore
    let feeder: StoreFeeder
    let gate: EventGate
    let writer: ProjectWriter
    let queries: QueryEngine
    let limits: QueryLimits
    let people: PeopleEngine

    init(
        _ project: Project,
        folder: URL,
        columnMemory: Int,
        disk: DiskSpace,
        queryLimits: QueryLimitRules?,
        rates: [IngestionEndpoint: RateLimits],
        logger: Logger
    ) throws {
        record = try ProjectDatabase(folder: folder)
        store = try DuckDBEventStore(
            path: folder.appendingPathComponent("events.duckdb").path,
            committed: record.lastSequence()
        )
        if let reason = store.putAway {
            logger.warning(
                "events.duckdb was of no use and is made anew from the journal",
                metadata: ["project": "\(project.name)", "reason": "\(reason)"]
            )
        }
        feeder = try StoreFeeder(store: store, record: record, logger: logger)
        gate = EventGate(limits: rates)
        writer = ProjectWriter(
            record: record,
            feeder: feeder,
            logger: logger,
            project: project.name,
            gate: gate,
            folder: folder,
            isDiskFull: { disk.isShort },
            now: { .now }
        )
        queries = QueryEngine(
            columns: ColumnStore(store, budget: columnMemory),
            waitUntilVisible: feeder.waitUntilComplete
        )
        people = PeopleEngine(
            record: record,
            store: store,
            now: { .now },
            waitUntilVisible: feeder.waitUntilComplete
        )
        limits = QueryLimits(queryLimits)
        try loadSilencedDevices()
    }

    /// Lets the gate know of the devices that the project's record names.
    func loadSilencedDevices() throws {
        gate.silence(try record.silencedDevices())
    }

    func close() async {
        await writer.drain()
        try? await feeder.waitUntilComplete()
        store.checkpoint()
        record.close()
    }
}
