public import EventModel

/// Holds a project's events as columns, in arrival order. All of it can be rebuilt from the journal.
///
/// Rows are numbered from 0 in arrival order; a row never moves or changes. Calls block, so they belong on a thread of
/// their own; any number of reads may run beside one append. What a read sees: every batch whose append has returned.
public protocol EventStore: Sendable {
    /// The sequence of the last batch that is stored, and the number of rows up to it.
    func progress() throws(EventStoreError) -> StoreProgress

    /// Stores batches, all or none. Their sequences must follow on from ``progress()``. Takes them, so that the memory of
    /// each goes as soon as it is not needed any more.
    func append(_ batches: consuming [JournalBatch]) throws(EventStoreError)

    /// Reads three columns, chunk by chunk in row order: user key, time in milliseconds, event type.
    func readEvents(
        _ selection: EventSelection,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>) -> Void
    ) throws(EventStoreError)

    /// Reads the same three, and a column of numbers along with them: where few rows are picked out, that is hardly dearer.
    func readEvents(
        _ selection: EventSelection,
        with column: NumberColumn,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>, _ numbers: Span<Int32>) -> Void
    ) throws(EventStoreError)

    /// Reads one column of numbers, chunk by chunk in row order.
    func readNumbers(
        _ column: NumberColumn,
        _ selection: EventSelection,
        _ body: (Span<Int32>) -> Void
    ) throws(EventStoreError)

    /// Reads one column of 64-bit numbers, chunk by chunk in row order.
    func readLongs(
        _ column: LongColumn,
        _ selection: EventSelection,
        _ body: (Span<Int64>) -> Void
    ) throws(EventStoreError)

    /// Reads those events that have a revenue, in row order.
    ///
    /// - Parameter body: takes the event's index, counted from 0 among those of the selection.
    func readRevenues(
        _ selection: EventSelection,
        _ body: (_ index: Int, _ revenue: Double) -> Void
    ) throws(EventStoreError)

    /// Reads those events that have the property `name`, in row order.
    ///
    /// - Parameter body: takes the event's index, counted from 0 among those of the selection, and the value as JSON
    ///   text; returns false to stop early.
    func readEventProperty(
        _ name: String,
        _ selection: EventSelection,
        _ body: (_ index: Int, _ json: Span<UInt8>) -> Bool
    ) throws(EventStoreError)

    /// Reads what became known of the numbers of a dimension's column, in order, leaving out the first `known` facts. A
    /// later fact about a number replaces an earlier one.
    ///
    /// - Parameter body: takes the number and its value, `nil` for none: JSON text of user properties, plain text of all
    ///   others; returns false to stop early.
    func readFacts(
        of dimension: EventDimension,
        after known: Int,
        _ body: (_ number: Int32, _ value: Span<UInt8>?) -> Bool
    ) throws(EventStoreError)

    /// Every event type that has occurred, by number.
    func eventTypes() throws(EventStoreError) -> [Named<EventTypeID>]

    /// Every property that has occurred.
    func propertyNames() throws(EventStoreError) -> [PropertyName]

    /// Merges in the order in which they became known, leaving out the first `known`.
    func merges(after known: Int) throws(EventStoreError) -> [Merge]

    /// False if the store has lost its file: all calls fail until ``reopen()`` has brought it back. Costs no more than a lock.
    var isOpen: Bool { get }

    /// Opens the file again if the store has lost it. What is stored then may be less than before, even nothing.
    func reopen() throws(EventStoreError) -> StoreProgress

    /// Lets go of files, after putting what is stored where the next start finds it quickly. The last call.
    func close()
}

extension EventStore {
    /// The facts of ``readFacts(of:after:_:)`` as texts.
    public func facts(
        of dimension: EventDimension,
        after known: Int
    ) throws(EventStoreError) -> [Numbered<Int32, String?>] {
        var facts: [Numbered<Int32, String?>] = []
        try readFacts(of: dimension, after: known) { number, value in
            var text: String?
            if let value { text = String(decoding: value.indices.map { value[$0] }, as: UTF8.self) }
            facts.append(Numbered(number, text))
            return true
        }
        return facts
    }

    /// The values that the numbers of a dimension's column stand for by now. Numbers without a value are left out.
    public func values(of dimension: EventDimension) throws(EventStoreError) -> [Named<Int32>] {
        var values: [Int32: String] = [:]
        for fact in try facts(of: dimension, after: 0) { values[fact.key] = fact.value }
        return values.map { Numbered($0.key, $0.value) }
    }

    public var isOpen: Bool { true }
    public func reopen() throws(EventStoreError) -> StoreProgress { try progress() }
    public func close() {}

    /// Every merge, in the order in which they became known.
    public func merges() throws(EventStoreError) -> [Merge] { try merges(after: 0) }
}
