public import EventModel
import JSONTape
import Synchronization

/// Keeps batches as they came and answers by looking through them: slow, and plain enough to say what is right.
///
/// For tests. Every ``EventStore`` answers as this one does.
public final class MemoryEventStore: EventStore {
    private let batches = Mutex<[JournalBatch]>([])
    /// Rows of a chunk, so that readers meet more than one.
    private let chunkSize: Int

    public init(chunkSize: Int = 2048) {
        self.chunkSize = chunkSize
    }

    public func progress() -> StoreProgress {
        batches.withLock { batches in
            StoreProgress(
                sequence: batches.last?.sequence ?? .none,
                rows: batches.reduce(0) { $0 + $1.events.count }
            )
        }
    }

    public func append(_ new: [JournalBatch]) throws(EventStoreError) {
        let inOrder = batches.withLock { batches in
            var last = batches.last?.sequence.number ?? 0
            for batch in new {
                guard batch.sequence.number == last + 1 else { return false }
                last += 1
            }
            batches.append(contentsOf: new)
            return true
        }
        if !inOrder { throw EventStoreError(.outOfSequence, "batches must follow on from one another") }
    }

    public func readEvents(
        rows: Range<Int>,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>) -> Void
    ) {
        for chunk in chunks(rows) {
            let users = chunk.map(\.user.number)
            let times = chunk.map(\.time.milliseconds)
            let types = chunk.map(\.type.number)
            body(users.span, times.span, types.span)
        }
    }

    public func readNumbers(_ column: NumberColumn, rows: Range<Int>, _ body: (Span<Int32>) -> Void) {
        for chunk in chunks(rows) {
            let numbers = chunk.map { event in
                switch column {
                case .context: event.context.number
                case .userProperties: event.userProperties.number
                case .device: event.device.number
                case .namedUser: event.carriesUserID ? event.user.number : 0
                }
            }
            body(numbers.span)
        }
    }

    public func readEventProperty(_ name: String, rows: Range<Int>, _ body: (_ row: Int, _ json: String) -> Void) {
        for (row, event) in zip(rows, events(rows)) {
            if let value = Self.value(of: ExactText(name), in: event.eventProperties) { body(row, value) }
        }
    }

    public func values(of dimension: EventDimension) -> [Named<Int32>] {
        let batches = batches.withLock { $0 }
        switch dimension {
        case .context(let field):
            return batches.flatMap(\.contexts).compactMap { context in
                context.value[field].map { Numbered(context.key.number, $0) }
            }
        case .userProperty(let name):
            return batches.flatMap(\.propertySets).compactMap { set in
                Self.value(of: name, in: set.value).map { Numbered(set.key.number, $0) }
            }
        case .deviceID:
            return batches.flatMap(\.devices).map { Numbered($0.key.number, $0.value) }
        case .userID:
            var latest: [UserKey: String] = [:]
            for fact in batches.flatMap(\.users) { latest[fact.user] = fact.userID }
            return latest.map { Numbered($0.key.number, $0.value) }
        }
    }

    public func eventTypes() -> [Named<EventTypeID>] {
        batches.withLock { $0.flatMap(\.eventTypes) }
    }

    public func propertyNames() -> [PropertyName] {
        batches.withLock { $0.flatMap(\.propertyNames) }
    }

    public func merges() -> [Merge] {
        batches.withLock { $0.flatMap(\.merges) }
    }

    private func events(_ rows: Range<Int>) -> [StoredEvent] {
        Array(batches.withLock { $0.flatMap(\.events) }[rows])
    }

    private func chunks(_ rows: Range<Int>) -> [[StoredEvent]] {
        let events = events(rows)
        return stride(from: 0, to: events.count, by: chunkSize).map { start in
            Array(events[start..<min(start + chunkSize, events.count)])
        }
    }

    private static func value(of name: ExactText, in object: String) -> String? {
        try? JSONDocument.withRoot(of: Array(object.utf8)) { root -> String? in
            for (key, value) in root.members where ExactText(key.string) == name && !value.isNull {
                var json = JSONWriter()
                json.value(value)
                return json.text
            }
            return nil
        }
    }
}
