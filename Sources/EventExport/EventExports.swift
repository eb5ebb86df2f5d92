public import EventModel
public import Storage

/// The exports of a project: each sees all that belongs to it, and few run at a time.
public struct EventExports: Sendable {
    private let project: Int64
    private let stores: @Sendable () -> any EventStore & ArrivalStore & PeopleStore
    private let pages: PageReader
    private let hiddenPeople: @Sendable () throws(EventStoreError) -> HiddenPeople
    private let now: @Sendable () -> Timestamp
    private let settle: @Sendable () async -> Void
    private let waitUntilVisible: @Sendable () async throws(EventStoreError) -> Void
    private let places = ExportPlaces(mostAtOnce)

    /// Each needs up to some 100 MB.
    public static let mostAtOnce = 4

    /// - Parameters:
    ///   - store: asked for with each use, as another may take its place.
    ///   - hiddenPeople: says at each export whom it may not have; nobody is hidden if left out.
    ///   - now: the server's clock.
    ///   - settle: returns when every commit is over that had begun before the call.
    ///   - waitUntilVisible: returns when everything acknowledged before the call is in `store`.
    public init(
        of project: Int64,
        from store: @escaping @autoclosure @Sendable () -> any EventStore & ArrivalStore & PeopleStore,
        hiddenPeople: @escaping @Sendable () throws(EventStoreError) -> HiddenPeople = { .nobody },
        now: @escaping @Sendable () -> Timestamp,
        settle: @escaping @Sendable () async -> Void,
        waitUntilVisible: @escaping @Sendable () async throws(EventStoreError) -> Void
    ) {
        self.project = project
        stores = store
        pages = PageReader(store(), project: project)
        self.hiddenPeople = hiddenPeople
        self.now = now
        self.settle = settle
        self.waitUntilVisible = waitUntilVisible
    }

    public enum Refusal: Error {
        /// As many run as may.
        case tooMany
    }

    /// Begins an export of all events that were received in some time, and are there by now.
    ///
    /// Of a time that is over they are all: also those that were being stored just as it ended.
    ///
    /// - Returns: `nil` if there are none.
    /// - Throws: ``Refusal``, or `EventStoreError`.
    public func begin(_ times: Range<Timestamp>) async throws -> ZipExport? {
        guard let place = places.take() else { throw Refusal.tooMany }
        await settle()
        try await waitUntilVisible()
        let moment = now()
        return try await ZipExport.begin(
            times,
            in: stores(),
            without: hiddenPeople(),
            project: project,
            now: moment,
            place: place
        )
    }

    /// Some of the events in the order of arrival.
    ///
    /// - Parameters:
    ///   - first: the row to begin with.
    ///   - end: the row to end before; all rows that are there by now if left out, or if they are fewer.
    /// - Throws: `QueryError` if a name in `selection` was never received, or `EventStoreError`.
    public func page(_ selection: ExportSelection, from first: Int, to end: Int?) async throws -> ExportPage {
        // Of rows that were counted before, the store may still be reading some again.
        if try (end ?? .max) > stores().progress().arrivals {
            await settle()
            try await waitUntilVisible()
        }
        return try await pages.page(selection, without: hiddenPeople(), from: first, to: end)
    }

    /// Some of the merges in the order in which they became known.
    ///
    /// - Parameter first: how many are left out.
    public func merges(from first: Int) async throws -> ExportPage {
        if first == 0 {
            await settle()
            try await waitUntilVisible()
        }
        return try await pages.merges(without: hiddenPeople(), from: first)
    }
}
