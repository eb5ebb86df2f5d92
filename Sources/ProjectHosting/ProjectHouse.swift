public import EventModel
public import Foundation
public import HTTPEdge
import Ingestion
import Logging
public import ProjectStore
import Storage

/// The projects of a data folder, each opened when it is first needed.
public actor ProjectHouse: ProjectHost {
    private let directory: ProjectDirectory
    private let dataFolder: URL
    private let disk: DiskSpace
    private let settings: HostingSettings
    private let executor = SerialQueueExecutor(label: "antinode.projects")

    private var keys = KeyRing()
    private var loadedAt: ContinuousClock.Instant?
    private var openProjects: [Int64: OpenProject] = [:]

    /// How long keys and silenced devices are believed: another process may create a project, rotate its keys, or silence
    /// a device.
    private static let keysAreFreshFor = Duration.seconds(1)

    // Safe: the actor owns its executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameter settings: `isDiskFull` is this house's own.
    public init(_ directory: ProjectDirectory, dataFolder: URL, disk: DiskSpace, settings: HostingSettings) {
        self.directory = directory
        self.dataFolder = dataFolder
        self.disk = disk
        var settings = settings
        settings.isDiskFull = { disk.isShort }
        self.settings = settings
    }

    public func project(withAPIKey key: String) async -> HostedProject? {
        if loadedAt.map({ $0.duration(to: .now) > Self.keysAreFreshFor }) ?? true {
            loadKeys()
            loadSilencedDevices()
        }
        if keys.project(withAPIKey: key, at: settings.now()) == nil { loadKeys() }
        guard let (project, isOldKey) = keys.project(withAPIKey: key, at: settings.now()) else {
            settings.refusals?.unknown(key: key)
            return nil
        }
        if isOldKey { settings.refusals?.old(key: .api, of: project.name) }
        do {
            var hosted = try open(project).hosted
            hosted.project = project
            hosted.noteOldKey = { [refusals = settings.refusals] in refusals?.old(key: $0, of: project.name) }
            return hosted
        } catch {
            settings.logger.error(
                "a project cannot be opened",
                metadata: ["project": "\(project.name)", "error": "\(error)"]
            )
            return nil
        }
    }

    @discardableResult
    public func open(_ project: Project) throws -> OpenProject {
        if let open = openProjects[project.id] { return open }
        let folder = dataFolder.appendingPathComponent("projects/\(project.id)", isDirectory: true)
        let open = try OpenProject(project, folder: folder, settings: settings)
        openProjects[project.id] = open
        return open
    }

    /// What keeps the server from taking and answering, as a sentence; `nil` if nothing does. Writes and reads for real.
    public func problem() async -> String? {
        if disk.isShort { return "Less than \(DiskSpace.reserveBytes >> 20) MB are free: no more events are taken." }
        do {
            try directory.probe()
            for open in openProjects.values { try await open.feeder.waitUntilComplete() }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// What is to be watched of each open project.
    public var figures: [ProjectFigures] {
        openProjects.sorted { $0.key < $1.key }.map { _, open in
            let waiting = open.hosted.writer.waiting
            return ProjectFigures(
                project: open.hosted.writer.project,
                lag: open.feeder.lag,
                waitingEvents: waiting.events,
                waitingBytes: waiting.bytes
            )
        }
    }

    /// Finishes what was begun, and closes the files.
    public func close() async {
        for open in openProjects.values { await open.close() }
        openProjects = [:]
        settings.refusals?.flush()
    }

    private func loadSilencedDevices() {
        for open in openProjects.values {
            do {
                try open.loadSilencedDevices()
            } catch {
                // Those known so far stay silenced.
                settings.logger.error("the silenced devices cannot be read", metadata: ["error": "\(error)"])
            }
        }
    }

    private func loadKeys() {
        do {
            let projects = try directory.all()
            keys = KeyRing(projects)
            for project in projects { openProjects[project.id]?.hosted.writer.rename(to: project.name) }
            loadedAt = .now
        } catch {
            // The keys known so far go on working.
            settings.logger.error("the project list cannot be read", metadata: ["error": "\(error)"])
        }
    }
}
