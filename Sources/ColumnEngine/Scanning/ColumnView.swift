public import EventModel
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
    /// Seconds since 1970: events of before have left, though people's first ones are in the blocks; `nil` if none has.
    private let cut: Int64?

    /// What this view keeps in memory, for the account.
    private let holdings: [Holding]

    public init(blocks: [EventBlock]) {
        self.init(blocks: blocks, [:], people: People(), cut: nil, holdings: [])
    }

    init(
        blocks: [EventBlock],
        _ dictionaries: [PropertyReference: ValueDictionary],
        people: People,
        cut: Int64?,
        holdings: [Holding]
    ) {
        self.init(
            blocks: blocks,
            dictionaries.mapValues(\.values),
            dictionaries.mapValues(\.labels),
            people: people,
            cut: cut,
            holdings: holdings
        )
    }

    private init(
        blocks: [EventBlock],
        _ values: [PropertyReference: [DistinctValue]],
        _ labels: [PropertyReference: ValueLabels],
        people: People,
        cut: Int64?,
        holdings: [Holding]
    ) {
        self.blocks = blocks
        self.values = values
        self.labels = labels
        self.people = people
        self.cut = cut
        self.holdings = holdings
    }

    /// The same people, with other blocks and values.
    init(
        blocks: [EventBlock],
        _ values: [PropertyReference: [DistinctValue]],
        _ labels: [PropertyReference: ValueLabels],
        like view: ColumnView
    ) {
        self.init(blocks: blocks, values, labels, people: view.people, cut: view.cut, holdings: view.holdings)
    }

    /// All keys of the people to whom these keys belong: a block names a person by any of them.
    public func keys(ofSamePeople keys: UserKeySet) -> UserKeySet { people.keys(ofSamePeople: keys) }

    /// The same values and people, but nothing kept in memory for events.
    public var withoutEvents: ColumnView {
        ColumnView(blocks: [], values, labels, people: people, cut: cut, holdings: [])
    }

    /// The same with other blocks of the same events.
    func with(_ blocks: [EventBlock]) -> ColumnView {
        ColumnView(blocks: blocks, values, labels, people: people, cut: cut, holdings: holdings)
    }

    /// Folds the selected events of all people, on all cores.
    ///
    /// - Throws: `CancellationError` soon after the calling task is cancelled.
    public func fold<Fold: EventFold>(_ empty: Fold, over scan: EventScan) async throws -> Fold {
        let parts =
            if let people = scan.people {
                WorkList(blocks, people: keys(ofSamePeople: people))
            } else {
                WorkList(blocks, eventsPerPart: scan.fewTypes != nil ? 65_536 : 16_384)
            }
        let workers = max(1, min(Self.cores, parts.count))
        return try await withThrowingTaskGroup(of: Fold.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    var fold = empty
                    var events = ScannedEvents(scan, isByType: empty.selectsByType, cut: cut)
                    while let part = parts.next() {
                        try Task.checkCancellation()
                        events.take(blocks[part.block], part.people)
                        if !events.isEmpty || scan.visitsEverybody { fold.add(events) }
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

    /// One person after another, for a few.
    init(_ blocks: [EventBlock], people: UserKeySet) {
        var parts: [Part] = []
        for key in people {
            for (index, block) in blocks.enumerated() {
                if let person = block.shownIndex(of: key.number) {
                    parts.append(Part(block: index, people: person..<person + 1))
                }
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
