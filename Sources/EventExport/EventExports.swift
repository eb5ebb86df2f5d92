public import EventModel
public import Storage

/// The exports of a project: each sees all that belongs to it, and few run at a time.
public struct EventExports: Sendable {
    private let project: Int64
    private let store: any ArrivalStore
    private let now: @Sendable () -> Timestamp
    private let settle: @Sendable () async -> Void
    private let waitUntilVisible: @Sendable () async throws(EventStoreError) -> Void
    private let places = ExportPlaces(mostAtOnce)

    /// Each needs up to some 100 MB.
    public static let mostAtOnce = 4

    /// - Parameters:
    ///   - now: the server's clock.
    ///   - settle: returns when every commit is over that had begun before the call.
    ///   - waitUntilVisible: returns when everything acknowledged before the call is in `store`.
    public init(
        of project: Int64,
        from store: any ArrivalStore,
        now: @escaping @Sendable () -> Timestamp,
        settle: @escaping @Sendable () async -> Void,
        waitUntilVisible: @escaping @Sendable () async throws(EventStoreError) -> Void
    ) {
        self.project = project
        self.store = store
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
        return try await ZipExport.begin(times, in: store, project: project, now: moment, place: place)
    }
}
