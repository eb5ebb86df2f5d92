import EventModel
import ProjectStore

/// What is known of the list of projects, and when it is read anew: the decisions of ``ProjectHouse``, without a clock or
/// a disk.
///
/// Another process may create a project or change its keys at any time. So the list is read anew a second after the last
/// time; and for a key that nobody has, also if its files have changed since then, so that a new project is known at once
/// while keys that are made up cost no reading, however many come.
struct ListReading {
    enum Answer: Equatable {
        case project(Project, isOldKey: Bool)
        /// Nobody's key.
        case unknown
        /// The list cannot be read, so nobody knows.
        case unreadable
    }

    /// How long keys are believed.
    static let freshFor = Duration.seconds(1)

    private(set) var projects: [Project]
    /// Of projects that are deleted, but not finished with.
    private(set) var deleted: [Int64]
    private var keys: KeyRing
    private var version: ProjectDirectory.Version
    private var triedAt: ContinuousClock.Instant
    /// Why the list could not be read the last time; `nil` if it could.
    private(set) var problem: String?
    /// How often it was read, or tried to be.
    private(set) var readings = 1

    /// - Parameters:
    ///   - contents: what was read at `time`.
    ///   - version: of the list, from before it was read.
    init(
        _ contents: ProjectDirectory.Contents,
        _ version: ProjectDirectory.Version,
        at time: ContinuousClock.Instant
    ) {
        projects = contents.projects
        deleted = contents.deleted
        self.version = version
        keys = KeyRing(projects)
        triedAt = time
    }

    /// Whether it must be read though nobody asks: it has changed, or there is something to be finished.
    func isDue(version: ProjectDirectory.Version) -> Bool { version != self.version || !deleted.isEmpty }

    /// Whether the list must be read before ``answer(to:now:)`` is right about a key.
    ///
    /// - Parameters:
    ///   - kind: the key's.
    ///   - now: the time, by the clock that old keys end by.
    ///   - version: the list's now, which is only looked at if it matters.
    func isDue(
        for kind: OldKey.Kind,
        _ key: String,
        _ instant: ContinuousClock.Instant,
        now: Timestamp,
        version: @autoclosure () -> ProjectDirectory.Version
    ) -> Bool {
        if instant - triedAt >= Self.freshFor { return true }
        return keys.project(with: kind, key, at: now) == nil && version() != self.version
    }

    func answer(to kind: OldKey.Kind, _ key: String, now: Timestamp) -> Answer {
        // Those that were known go on working while the list cannot be read.
        if let (project, isOldKey) = keys.project(with: kind, key, at: now) {
            return .project(project, isOldKey: isOldKey)
        }
        return problem == nil ? .unknown : .unreadable
    }

    /// Notes what came of a reading.
    mutating func note(
        _ contents: ProjectDirectory.Contents,
        _ version: ProjectDirectory.Version,
        at time: ContinuousClock.Instant
    ) {
        let readings = readings + 1
        self = ListReading(contents, version, at: time)
        self.readings = readings
    }

    mutating func note(problem: String, _ version: ProjectDirectory.Version, at time: ContinuousClock.Instant) {
        self.problem = problem
        self.version = version
        triedAt = time
        readings += 1
    }
}
