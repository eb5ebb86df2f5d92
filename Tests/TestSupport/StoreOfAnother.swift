public import EventModel
public import Storage

/// A store that reads from another one: what is to go wrong is said by whoever conforms.
public protocol StoreOfAnother: EventStore {
    var store: MemoryEventStore { get }
}

extension StoreOfAnother {
    public func progress() -> StoreProgress { store.progress() }

    public func readEvents(_ selection: EventSelection, _ body: (Span<Int32>, Span<Int64>, Span<Int32>) -> Void) {
        store.readEvents(selection, body)
    }

    public func readEvents(
        _ selection: EventSelection,
        with column: NumberColumn,
        _ body: (Span<Int32>, Span<Int64>, Span<Int32>, Span<Int32>) -> Void
    ) {
        store.readEvents(selection, with: column, body)
    }

    public func readNumbers(_ column: NumberColumn, _ selection: EventSelection, _ body: (Span<Int32>) -> Void) {
        store.readNumbers(column, selection, body)
    }

    public func readLongs(_ column: LongColumn, _ selection: EventSelection, _ body: (Span<Int64>) -> Void) {
        store.readLongs(column, selection, body)
    }

    public func readRevenues(_ selection: EventSelection, _ body: (Int, Double) -> Void) {
        store.readRevenues(selection, body)
    }

    public func readEventProperty(_ name: String, _ selection: EventSelection, _ body: (Int, Span<UInt8>) -> Bool) {
        store.readEventProperty(name, selection, body)
    }

    public func readFacts(of dimension: EventDimension, after known: Int, _ body: (Int32, Span<UInt8>?) -> Bool) {
        store.readFacts(of: dimension, after: known, body)
    }

    public func eventTypes() -> [Named<EventTypeID>] { store.eventTypes() }
    public func propertyNames() -> [PropertyName] { store.propertyNames() }
    public func merges(after known: Int) -> [Merge] { store.merges(after: known) }
}
