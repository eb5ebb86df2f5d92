public import EventModel
public import HTTPEdge
import Ingestion
import Logging
public import ProjectStore
import Storage

/// The projects of a data folder, each opened when it is first needed.
///
/// A project that cannot be opened is refused, and holds up no other one. Source: Documentation/operations.md O7.
public actor ProjectHouse: ProjectHost {
    let directory: ProjectDirectory
    let disk: DiskSpace
    let settings: HostingSettings
    private let executor = SerialQueueExecutor(label: "antinode.projects")
    let healthQueue = BlockingQueue(label: "antinode.health")

    private(set) var list: ListReading
    private var silencedReadAt: ContinuousClock.Instant?
    var slots: [Int64: ProjectSlot] = [:]
    /// Deleted projects whose files are on their way out.
    var leaving: [Int64: Task<Void, Never>] = [:]
    private var names = ProjectNames()
    private(set) var isClosed = false
    /// What was last found of the records of projects that are not open.
    var looks: [Int64: ProjectDirectory.Look] = [:]
    /// What the log was last told to be wrong: it is told once, though requests come all the time.
    private var told: [Subject: String] = [:]

    /// How long a project that cannot be opened is left alone.
    private static let retryAfter = Duration.seconds(1)

    // Safe: the actor owns its executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Reads the list of projects. Blocks.
    ///
    /// - Parameter settings: `isDiskFull` is this house's own.
    /// - Throws: if the list cannot be read.
    public init(
        _ directory: ProjectDirectory,
        disk: DiskSpace,
        settings: HostingSettings
    ) throws(ProjectDirectory.Failure) {
        let version = directory.version
        list = ListReading(try directory.contents(), version, at: .now)
        _ = names.note(list.projects)
        self.directory = directory
        self.disk = disk
        var settings = settings
        settings.isDiskFull = { disk.isShort }
        self.settings = settings
    }

    public func project(withAPIKey key: String) async throws(Failure) -> HostedProject? {
        try await project(with: .api, key)
    }

    public func project(withSecretKey key: String) async throws(Failure) -> HostedProject? {
        try await project(with: .secret, key)
    }

    /// Another process may have made a project.
    func readListIfDue() {
        if list.isDue(for: .api, "", .now, now: settings.now(), version: directory.version) { readList() }
    }

    private func project(with kind: OldKey.Kind, _ key: String) async throws(Failure) -> HostedProject? {
        if list.isDue(for: kind, key, .now, now: settings.now(), version: directory.version) { readList() }
        switch list.answer(to: kind, key, now: settings.now()) {
        case .unreadable: throw .listUnreadable
        case .unknown:
            // What is said of a wrong secret is not for the log.
            if kind == .api { settings.refusals?.unknown(key: key) }
            return nil
        case .project(let project, let isOldKey):
            if isOldKey { settings.refusals?.old(key: kind, of: project.name) }
            return try await hosted(project)
        }
    }

    func hosted(_ project: Project) async throws(Failure) -> HostedProject? {
        readSilencedDevices()
        do {
            let open = try await open(project)
            // Deleted meanwhile.
            guard let stay = open.users.enter() else { return nil }
            var hosted = open.hosted
            hosted.stay = stay
            hosted.project = project
            hosted.noteOldKey = { [refusals = settings.refusals] in refusals?.old(key: $0, of: project.name) }
            return hosted
        } catch {
            throw .projectUnavailable
        }
    }

    // MARK: Opening and closing

    /// Opens a project, unless it is open.
    ///
    /// - Throws: why it cannot be opened, as sentences for the log.
    @discardableResult
    public func open(_ project: Project) async throws -> OpenProject {
        switch slots[project.id] {
        case .open(let open): return open
        case .opening(let task): return try await task.value
        case .refused(let reason, let until) where .now < until:
            throw ProjectRefused(project: project.name, reason: reason)
        case .refused, nil: break
        }
        if isClosed { throw ProjectRefused.closed(project) }
        if leaving[project.id] != nil { throw ProjectRefused.deleted(project) }
        // On a thread of its own: a large or damaged project takes its time.
        let task = Task { [directory, settings] in
            try await BlockingQueue(label: "antinode.opening").run { () throws(ProjectRefused) in
                do {
                    return try OpenProject(project, in: directory, settings: settings)
                } catch {
                    throw ProjectRefused(project: project.name, reason: Self.sentence(of: error))
                }
            }
        }
        slots[project.id] = .opening(task)
        let result = await task.result
        // Whoever closed the house has waited for it, too, and closes it.
        if isClosed { throw ProjectRefused.closed(project) }
        // So has whoever lets go of it as it is deleted.
        guard case .opening(let current) = slots[project.id], current == task else {
            throw ProjectRefused.deleted(project)
        }
        switch result {
        case .success(let open):
            slots[project.id] = .open(open)
            tell(nil, of: .project(project.id, project.name))
            return open
        case .failure(let error):
            let reason = (error as? ProjectRefused)?.reason ?? "\(error)"
            slots[project.id] = .refused(reason: reason, until: .now + Self.retryAfter)
            tell(reason, of: .project(project.id, project.name))
            throw error
        }
    }

    private static func sentence(of error: any Error) -> String {
        (error as? EventStoreError)?.message ?? "\(error)"
    }

    /// Opens the first project as the server starts, so that a damaged file of the only project shows then. With several,
    /// one that is damaged keeps nobody from the others.
    public func openFirst(_ project: Project) async throws {
        do {
            try await open(project)
        } catch {
            if list.projects.count == 1 { throw error }
        }
    }

    /// Finishes what was begun, and closes the files, the list of projects among them.
    public func close() async {
        isClosed = true
        let last = slots
        slots = [:]
        for slot in last.values {
            switch slot {
            case .open(let open): await open.close()
            case .opening(let task): await (try? task.value)?.close()
            case .refused: break
            }
        }
        for deletion in leaving.values {
            deletion.cancel()
            await deletion.value
        }
        settings.refusals?.flush()
        directory.close()
    }

    // MARK: What other processes may change

    func readList() {
        let version = directory.version
        do {
            let contents = try directory.contents()
            list.note(contents, version, at: .now)
            leave(contents.deleted)
            for name in names.note(contents.projects) { settings.forgetFigures(name) }
            for project in contents.projects {
                guard let open = openProject(project.id) else { continue }
                open.hosted.writer.rename(to: project.name)
                open.compactor.follow(project.timeZone)
            }
            tell(nil, of: .list)
        } catch {
            list.note(problem: "\(error)", version, at: .now)
            tell("\(error)", of: .list)
        }
    }

    /// Once a second.
    private func readSilencedDevices() {
        if let silencedReadAt, silencedReadAt.duration(to: .now) < ListReading.freshFor { return }
        silencedReadAt = .now
        for open in openProjects {
            do {
                try open.loadSilencedDevices()
            } catch {
                // Those known so far stay silenced.
                settings.logger.error(
                    "the silenced devices cannot be read",
                    metadata: ["project": "\(open.hosted.writer.project)", "error": "\(error)"]
                )
            }
        }
    }

    // MARK: Looking around

    /// In the order of their ids.
    var openProjects: [OpenProject] { slots.keys.sorted().compactMap(openProject) }

    func openProject(_ id: Int64) -> OpenProject? {
        if case .open(let open) = slots[id] { open } else { nil }
    }

    /// What is to be watched of each open project.
    public var figures: [ProjectFigures] {
        openProjects.map { open in
            let waiting = open.hosted.writer.waiting
            return ProjectFigures(
                project: open.hosted.writer.project,
                lag: open.feeder.lag,
                waitingEvents: waiting.events,
                waitingBytes: waiting.bytes,
                heldEvents: open.compactor.status.held?.departing ?? 0
            )
        }
    }

    // MARK: Telling the log, once

    enum Subject: Hashable {
        case list, writing
        case project(Int64, String)
        case deletion(Int64)

        fileprivate var consequence: String {
            switch self {
            case .list: "the list of projects cannot be read: only keys that were known go on working"
            case .writing: "the list of projects cannot be written"
            case .project: "a project cannot be used: its events and questions are answered with 503"
            case .deletion: "the files of a deleted project cannot be removed: this is tried again"
            }
        }
    }

    /// - Parameter problem: `nil` if there is none any more.
    func tell(_ problem: String?, of subject: Subject) {
        if told[subject] == problem { return }
        told[subject] = problem
        var metadata: Logger.Metadata = [:]
        if case .project(_, let name) = subject { metadata["project"] = "\(name)" }
        guard let problem else {
            return settings.logger.notice("it is over: \(subject.consequence)", metadata: metadata)
        }
        metadata["error"] = "\(problem)"
        settings.logger.error("\(subject.consequence)", metadata: metadata)
    }
}
