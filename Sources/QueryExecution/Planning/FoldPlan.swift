import ColumnEngine
import QueryModel

/// A fold that is ready, and what it is folded over.
struct FoldPlan<Fold: EventFold> {
    /// The fold before anything was added to it.
    let nothing: Fold
    let data: EventData
    let scan: EventScan

    init(_ nothing: Fold, over data: EventData, _ scan: EventScan) {
        self.nothing = nothing
        self.data = data
        self.scan = scan
    }

    /// The fold of everybody.
    func result() async throws(QueryError) -> Fold { try await data.fold(nothing, over: scan) }

    /// The people who have a share in a cell.
    ///
    /// - Parameters:
    ///   - narrow: the fold before anybody was added, narrowed to what the cell is in; `nil` for all of it.
    ///   - share: what a fold has in the cell; see ``SharesScan``.
    func users(
        _ page: UserPage,
        of narrow: Fold? = nil,
        _ share: @escaping @Sendable (Fold) -> Share?
    ) async throws(QueryError) -> CellUsers {
        try await data.fold(SharesScan(narrow ?? nothing, page, share: share), over: scan).answer
    }
}
