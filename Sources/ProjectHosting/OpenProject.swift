public import ColumnEngine
import EventExport
public import EventModel
public import Foundation
public import HTTPEdge
public import Ingestion
public import ProjectStore
import QueryExecution
public import Storage

/// One project's parts, wired: record → writer → feeder → store → columns → answers.
public struct OpenProject: Sendable {
    public let record: ProjectDatabase
    let inUse: StoreInUse
    public let feeder: StoreFeeder
    public let gate: EventGate
    public let columns: ColumnStore
    public let compactor: Compactor
    /// What API families are given.
    public let hosted: HostedProject
    /// Those who were given it.
    let users = ProjectUsers()

    /// Opens a project's files in its folder. They are made if it is the first time. Blocks.
    public init(_ project: Project, in directory: ProjectDirectory, settings: HostingSettings) throws {
        let record = try directory.openRecord(of: project)
        try self.init(project, record, folder: directory.folder(of: project), settings: settings)
    }

    /// Opens a project that is in no list. Blocks.
    public init(_ project: Project, folder: URL, settings: HostingSettings) throws {
        try self.init(project, ProjectDatabase(folder: folder), folder: folder, settings: settings)
    }

    /// - Parameter record: is closed if the rest cannot be opened.
    private init(_ project: Project, _ record: ProjectDatabase, folder: URL, settings: HostingSettings) throws {
        do {
            let store = try settings.openStore(project, folder, record.lastSequence())
            do {
                try self.init(project, record, store, folder: folder, settings: settings)
            } catch {
                store.close()
                throw error
            }
        } catch {
            record.close()
            throw error
        }
    }

    private init(
        _ project: Project,
        _ record: ProjectDatabase,
        _ store: any EventStore & PeopleStore & ArrivalStore,
        folder: URL,
        settings: HostingSettings
    ) throws {
        let inUse = StoreInUse(store)
        self.record = record
        self.inUse = inUse
        feeder = try StoreFeeder(
            store: store,
            journal: record,
            logger: settings.logger,
            project: project.name,
            moment: settings.moment
        )
        gate = EventGate(limits: settings.rates, uptime: settings.uptime)
        let hiddenPeople = { @Sendable () throws(EventStoreError) -> HiddenPeople in
            do throws(ProjectRecordError) {
                return try record.hiddenPeople()
            } catch {
                throw EventStoreError(.unavailable, error.message)
            }
        }
        columns = ColumnStore(
            following: { inUse.edition },
            budget: settings.columnMemory,
            hiddenPeople: hiddenPeople
        )
        let writer = ProjectWriter(
            record: record,
            feeder: feeder,
            logger: settings.logger,
            project: project.name,
            gate: gate,
            refusals: settings.refusals,
            folder: folder,
            isDiskFull: settings.isDiskFull,
            now: settings.now
        )
        compactor = Compactor(project, record, writer, feeder, inUse, columns, folder: folder, settings: settings)
        hosted = HostedProject(
            project: project,
            record: record,
            writer: writer,
            queries: QueryEngine(columns: columns, waitUntilVisible: feeder.waitUntilComplete),
            people: PeopleEngine(
                record: record,
                store: inUse.store,
                now: settings.now,
                waitUntilVisible: feeder.waitUntilComplete
            ),
            exports: EventExports(
                of: project.id,
                from: inUse.store,
                hiddenPeople: hiddenPeople,
                now: settings.now,
                settle: writer.settle,
                waitUntilVisible: feeder.waitUntilComplete
            ),
            compaction: compactor,
            now: settings.now,
            limits: QueryLimits(settings.queryLimits),
            deletionGrace: settings.deletionGrace
        )
        try loadSilencedDevices()
    }

    /// The store that has the columns now.
    public var store: any EventStore & PeopleStore & ArrivalStore { inUse.store }

    /// Lets the gate know of the devices that the project's record names.
    func loadSilencedDevices() throws {
        gate.silence(try record.silencedDevices())
    }

    /// Finishes what was begun, and closes the files.
    public func close() async {
        await compactor.stop()
        await hosted.writer.drain()
        try? await feeder.waitUntilComplete()
        await BlockingQueue(label: "antinode.closing").run { [inUse, record] in
            inUse.close()
            record.close()
        }
    }
}
