public import QueryModel
import Synchronization

/// A project's events at one moment, as columns: what a query folds over. Immutable.
public struct ColumnView: Sendable {
    /// Each person's events are in exactly one block, leaving aside those hidden there.
    public let blocks: [EventBlock]
    /// The distinct values of each loaded property, by code.
    public let values: [PropertyReference: [DistinctValue]]
    /// Their labels.
    public let labels: [PropertyReference: ValueLabels]
    /// Whose the events of each user key are.
    private let people: People

    /// What this view keeps in memory, for the account.
    private let holdings: [Holding]

    public init(blocks: [EventBlock]) {
        self.init(blocks: blocks, [:], people: People(), holdings: [])
    }

    init(
        blocks: [EventBlock],
        _ dictionaries: [PropertyReference: ValueDictionary],
        people: People,
        holdings: [Holding]
    ) {
        self.init(
            blocks: blocks,
            dictionaries.mapValues(\.values),
            dictionaries.mapValues(\.labels),
            people: people,
            holdings: holdings
        )
    }

    private init(
        blocks: [EventBlock],
        _ values: [PropertyReference: [DistinctValue]],
        _ labels: [PropertyReference: ValueLabels],
        people: People,
        holdings: [Holding]
    ) {
        self.blocks = blocks
        self.values = values
        self.labels = labels
        self.people = people
        self.holdings = holdings
    }

    /// The same people, with other blocks and values.
    init(
        blocks: [EventBlock],
        _ values: [PropertyReference: [DistinctValue]],
        _ labels: [PropertyReference: ValueLabels],
        like view: ColumnView
    ) {
        self.init(blocks: blocks, values, labels, people: view.people, holdings: view.holdings)
    }

    /// All keys of the people to whom these keys belong: a block names a person by any of them.
    public func keys(ofSamePeople keys: Set<Int32>) -> Set<Int32> { people.keys(ofSamePeople: keys) }

    /// The same values and people, but nothing kept in memory for events.
    public var withoutEvents: ColumnView { ColumnView(blocks: [], values, labels, people: people, holdings: []) }

    /// Folds the selected events of all people, on all cores.
    ///
    /// - Throws: `CancellationError` soon after the calling task is cancelled.
    public func fold<Fold: EventFold>(_ empty: Fold, over scan: EventScan) async throws -> Fold {
        let parts = WorkList(blocks, eventsPerPart: scan.fewTypes != nil ? 65_536 : 16_384)
        let workers = max(1, min(Self.cores, parts.count))
        return try await withThrowingTaskGroup(of: Fold.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    var fold = empty
                    var events = ScannedEvents(scan, isByType: empty.selectsByType)
                    while let part = parts.next() {
                        try Task.checkCancellation()
                        events.take(blocks[part.block], part.people)
                        if !events.isEmpty { fold.add(events) }
                    }
                    return fold
                }
            }
            var result = empty
            for try await fold in group { result.merge(fold) }
            return result
        }
    }

    private static let cores = max(1, ProcessorCount.active)
}

/// Shares out the people of a view among workers, in portions of about equal numbers of events.
private final class WorkList: Sendable {
    struct Part: Sendable {
        var block: Int
        var people: Range<Int>
    }

    let count: Int
    private let parts: [Part]
    private let taken = Mutex(0)

    /// - Parameter eventsPerPart: what is kept of so many events should fit the caches near a core.
    init(_ blocks: [EventBlock], eventsPerPart: Int) {
        var parts: [Part] = []
        for (index, block) in blocks.enumerated() {
            var first = 0
            while first < block.people.count {
                let end = Self.firstPerson(
                    of: block.starts,
                    from: first + 1,
                    atEvent: Int(block.starts[first]) + eventsPerPart
                )
                parts.append(Part(block: index, people: first..<end))
                first = end
            }
        }
        self.parts = parts
        count = parts.count
    }

    /// The first person, none before `person`, whose events start at `event` or later; after the last one if none do.
    private static func firstPerson(of starts: [UInt32], from person: Int, atEvent event: Int) -> Int {
        var range = person..<starts.count - 1
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = starts[middle] < event ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }

    func next() -> Part? {
        taken.withLock { taken in
            guard taken < parts.count else { return nil }
            defer { taken += 1 }
            return parts[taken]
        }
    }
}
