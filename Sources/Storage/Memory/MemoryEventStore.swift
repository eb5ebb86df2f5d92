import Compression
public import EventModel
import JSONTape
import Synchronization

/// Keeps batches as they came and answers by looking through them: slow, and plain enough to say what is right.
///
/// For tests. Every ``EventStore`` answers as this one does.
public final class MemoryEventStore: EventStore {
    let batches = Mutex<[JournalBatch]>([])
    /// Rows of a chunk, so that readers meet more than one.
    private let chunkSize: Int

    public init(chunkSize: Int = 2048) {
        self.chunkSize = chunkSize
    }

    public func progress() -> StoreProgress {
        batches.withLock { batches in
            StoreProgress(
                sequence: batches.last?.sequence ?? .none,
                rows: batches.reduce(0) { $0 + $1.events.count },
                arrivals: batches.reduce(0) { $0 + $1.committedEvents }
            )
        }
    }

    public func append(_ new: consuming [JournalBatch]) throws(EventStoreError) {
        let new = new
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
        _ selection: EventSelection,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>) -> Void
    ) {
        readEvents(selection, with: .user) { users, times, types, _ in body(users, times, types) }
    }

    public func readEvents(
        _ selection: EventSelection,
        with column: NumberColumn,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>, _ numbers: Span<Int32>) -> Void
    ) {
        for chunk in chunks(selection) {
            let users = chunk.map(\.user.number)
            let times = chunk.map(\.time.milliseconds)
            let types = chunk.map(\.type.number)
            let numbers = chunk.map { $0[column] }
            body(users.span, times.span, types.span, numbers.span)
        }
    }

    public func readNumbers(_ column: NumberColumn, _ selection: EventSelection, _ body: (Span<Int32>) -> Void) {
        for chunk in chunks(selection) {
            let numbers = chunk.map { $0[column] }
            body(numbers.span)
        }
    }

    public func readLongs(_ column: LongColumn, _ selection: EventSelection, _ body: (Span<Int64>) -> Void) {
        for chunk in chunks(selection) {
            let numbers = chunk.map { event in
                switch column {
                case .sessionID: event.sessionID
                case .clientTime: event.clientTime.milliseconds
                case .time: event.time.milliseconds
                }
            }
            body(numbers.span)
        }
    }

    public func readRevenues(_ selection: EventSelection, _ body: (_ index: Int, _ revenue: Double) -> Void) {
        for (index, event) in events(selection).enumerated() {
            if let revenue = event.revenue { body(index, revenue) }
        }
    }

    public func readEventProperty(
        _ name: String,
        _ selection: EventSelection,
        _ body: (_ index: Int, _ json: Span<UInt8>) -> Bool
    ) {
        for (index, event) in events(selection).enumerated() {
            guard let value = Self.value(of: ExactText(name), in: event.eventProperties) else { continue }
            if !body(index, Array(value.utf8).span) { return }
        }
    }

    public func readFacts(
        of dimension: EventDimension,
        after known: Int,
        _ body: (_ number: Int32, _ value: Span<UInt8>?) -> Bool
    ) {
        for fact in allFacts(of: dimension).dropFirst(known) {
            let goesOn = fact.value.map { body(fact.key, $0.utf8Span.span) } ?? body(fact.key, nil)
            if !goesOn { return }
        }
    }

    private func allFacts(of dimension: EventDimension) -> [Numbered<Int32, String?>] {
        let batches = batches.withLock { $0 }
        return switch dimension {
        case .context(let field):
            batches.flatMap(\.contexts).map { Numbered($0.key.number, $0.value[field]) }
        case .userProperty(let name):
            propertySets.map { Numbered($0.key.number, Self.value(of: name, in: $0.value)) }
        case .deviceID: batches.flatMap(\.devices).map { Numbered($0.key.number, $0.value) }
        case .userID: batches.flatMap(\.users).map { Numbered($0.user.number, $0.userID) }
        }
    }

    /// All property sets with their JSON, also those that are told by others.
    var propertySets: [Named<PropertySetID>] {
        let patcher = ZstdPatcher()
        var texts: [PropertySetID: String] = [.empty: ""]
        var sets: [Named<PropertySetID>] = []
        for batch in batches.withLock({ $0 }) {
            for set in batch.propertySets {
                texts[set.key] = set.value
                sets.append(set)
            }
            for patch in batch.propertyPatches {
                let text = try? texts[patch.base].map { try patch.text(base: $0, by: patcher) }
                texts[patch.set] = text ?? "{}"
                sets.append(Numbered(patch.set, text ?? "{}"))
            }
        }
        return sets
    }

    public func eventTypes() -> [Named<EventTypeID>] {
        batches.withLock { $0.flatMap(\.eventTypes) }
    }

    public func propertyNames() -> [PropertyName] {
        batches.withLock { $0.flatMap(\.propertyNames) }
    }

    public func merges(after known: Int) -> [Merge] {
        Array(batches.withLock { $0.flatMap(\.merges) }.dropFirst(known))
    }

    private func events(_ selection: EventSelection) -> [StoredEvent] {
        let events = batches.withLock { $0.flatMap(\.events) }[selection.rows]
        return events.filter { selection.types?.contains($0.type.number) ?? true }
    }

    private func chunks(_ selection: EventSelection) -> [[StoredEvent]] {
        let events = events(selection)
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

extension StoredEvent {
    /// What stands in the event's row in that column.
    subscript(column: NumberColumn) -> Int32 {
        switch column {
        case .user: user.number
        case .context: context.number
        case .userProperties: userProperties.number
        case .device: device.number
        case .namedUser: carriesUserID ? user.number : 0
        }
    }
}
