public import FoldEngine
public import QueryModel
import Synchronization

/// A project's events at one moment, as columns: what a query folds over. Immutable.
public struct ColumnView: Sendable {
    /// Each person's events are in exactly one block, leaving aside those hidden there.
    public let blocks: [EventBlock]
    /// The distinct values of each loaded property, by code.
    public let values: [PropertyReference: [DistinctValue]]

    public init(blocks: [EventBlock], values: [PropertyReference: [DistinctValue]]) {
        self.blocks = blocks
        self.values = values
    }

    /// Folds the selected events of all people, on all cores.
    ///
    /// - Throws: `CancellationError` soon after the calling task is cancelled.
    public func fold<Fold: PersonFold>(_ empty: Fold, selecting selector: RowSelector) async throws -> Fold {
        let parts = WorkList(blocks)
        let workers = max(1, min(Self.cores, parts.count))
        return try await withThrowingTaskGroup(of: Fold.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    var fold = empty
                    var matches = Matches()
                    while let part = parts.next() {
                        try Task.checkCancellation()
                        selector.fold(blocks[part.block], people: part.people, into: &fold, scratch: &matches)
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

    private static let eventsPerPart = 200_000

    let count: Int
    private let parts: [Part]
    private let taken = Mutex(0)

    init(_ blocks: [EventBlock]) {
        var parts: [Part] = []
        for (index, block) in blocks.enumerated() {
            var first = 0
            for person in block.people.indices {
                let isLast = person == block.people.count - 1
                if isLast || Int(block.starts[person + 1] - block.starts[first]) >= Self.eventsPerPart {
                    parts.append(Part(block: index, people: first..<person + 1))
                    first = person + 1
                }
            }
        }
        self.parts = parts
        count = parts.count
    }

    func next() -> Part? {
        taken.withLock { taken in
            guard taken < parts.count else { return nil }
            defer { taken += 1 }
            return parts[taken]
        }
    }
}
