public import EventModel
public import Foundation
public import Storage

/// A store that is to take the place of a project's: it is filled from the journal first.
public struct NextStore: Sendable {
    public var store: any EventStore & PeopleStore & ArrivalStore
    /// Makes it the one that is opened from now on, also after a crash; the one before is removed, though some may read on.
    public var take: @Sendable () throws -> Void
    /// Removes it, as it is not needed.
    public var discard: @Sendable () -> Void
    /// Brings it to the place where whoever looks for the project's columns expects them. Nobody has it open then.
    public var settle: @Sendable () -> Void

    public init(
        _ store: any EventStore & PeopleStore & ArrivalStore,
        take: @escaping @Sendable () throws -> Void = {},
        discard: @escaping @Sendable () -> Void = {},
        settle: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.take = take
        self.discard = discard
        self.settle = settle
    }
}

/// Opens a store beside the one that is in use; called off the cooperative pool, as it blocks.
///
/// - Parameters:
///   - folder: the project's own.
///   - current: the store that is in use.
public typealias NextStoreOpening =
    @Sendable (_ project: Project, _ folder: URL, _ current: any EventStore) throws -> NextStore
