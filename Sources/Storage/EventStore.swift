public import EventModel

/// Holds a project's events as columns, in arrival order. All of it can be rebuilt from the journal.
///
/// Rows are numbered from 0 in arrival order; a row never moves or changes. Calls block, so they belong on a thread of
/// their own; any number of reads may run beside one append. What a read sees: every batch whose append has returned.
public protocol EventStore: Sendable {
    /// The sequence of the last batch that is stored, and the number of rows up to it.
    func progress() throws(EventStoreError) -> StoreProgress

    /// Stores batches, all or none. Their sequences must follow on from ``progress()``.
    func append(_ batches: [JournalBatch]) throws(EventStoreError)

    /// Reads three columns of `rows`, chunk by chunk in row order: user key, time in milliseconds, event type.
    func readEvents(
        rows: Range<Int>,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>) -> Void
    ) throws(EventStoreError)

    /// Reads one column of numbers of `rows`, chunk by chunk in row order.
    func readNumbers(
        _ column: NumberColumn,
        rows: Range<Int>,
        _ body: (Span<Int32>) -> Void
    ) throws(EventStoreError)

    /// Reads the rows among `rows` whose events have the property `name`: row and JSON text, in row order.
    func readEventProperty(
        _ name: String,
        rows: Range<Int>,
        _ body: (_ row: Int, _ json: String) -> Void
    ) throws(EventStoreError)

    /// The values that the numbers of a dimension's column stand for. Numbers without a value are left out.
    ///
    /// Values of user properties are JSON text, all others are plain text.
    func values(of dimension: EventDimension) throws(EventStoreError) -> [Named<Int32>]

    /// Every event type that has occurred, by number.
    func eventTypes() throws(EventStoreError) -> [Named<EventTypeID>]

    /// Every property that has occurred.
    func propertyNames() throws(EventStoreError) -> [PropertyName]

    /// Every merge, in the order in which they became known.
    func merges() throws(EventStoreError) -> [Merge]
}

/// How far a store has come.
public struct StoreProgress: Equatable, Sendable {
    public var sequence: JournalSequence
    public var rows: Int

    public init(sequence: JournalSequence, rows: Int) {
        self.sequence = sequence
        self.rows = rows
    }
}

/// A column of dense numbers beside user, time and event type.
public enum NumberColumn: CaseIterable, Sendable {
    /// ``ContextID`` of each event.
    case context
    /// ``PropertySetID`` of each event.
    case userProperties
    /// ``DeviceKey`` of each event.
    case device
    /// ``UserKey`` of each event that carried a `user_id`, 0 for the others.
    case namedUser
}

/// A property that events have through the number of something that many of them share.
public enum EventDimension: Hashable, Sendable {
    case context(ContextField)
    case userProperty(ExactText)
    case deviceID
    case userID

    /// True if ``EventStore/values(of:)`` gives JSON text, false if plain text.
    public var valuesAreJSON: Bool {
        if case .userProperty = self { true } else { false }
    }

    /// The column that holds the numbers.
    public var column: NumberColumn {
        switch self {
        case .context: .context
        case .userProperty: .userProperties
        case .deviceID: .device
        case .userID: .namedUser
        }
    }
}

/// The store could not do what was asked. `message` is for the log, not for callers.
public struct EventStoreError: Error {
    public enum Code: String, Sendable { case unavailable, cancelled, outOfSequence }
    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
