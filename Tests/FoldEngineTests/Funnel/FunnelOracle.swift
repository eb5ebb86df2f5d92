import Testing

@testable import FoldEngine

/// The specification, as the plainest recursion: every assignment of events to steps is tried.
struct FunnelOracle {
    let funnel: Funnel
    let moments: [FunnelMoment]

    /// By minute in which the person may enter, latest first: the ways that reach the furthest.
    func furthest() -> [(entry: Int, ways: [[Int]])] {
        var byEntry: [Int: [[Int]]] = [:]
        for first in moments.indices {
            let moment = moments[first]
            guard moment.matches(funnel.steps[0]), funnel.range.contains(moment.minute) else { continue }
            extend([first]) { byEntry[moment.minute, default: []].append($0) }
        }
        return byEntry.sorted { $0.key > $1.key }.map { entry, all in
            let most = all.map(\.count).max()!
            return (entry, all.filter { $0.count == most })
        }
    }

    /// Calls `found` with this assignment and all longer ones, as indexes of moments.
    private func extend(_ assigned: [Int], _ found: ([Int]) -> Void) {
        found(assigned)
        guard assigned.count < funnel.steps.count else { return }
        for next in moments.indices where isAllowed(next, after: assigned) { extend(assigned + [next], found) }
    }

    private func isAllowed(_ next: Int, after assigned: [Int]) -> Bool {
        let moment = moments[next]
        guard moment.matches(funnel.steps[assigned.count]) else { return false }
        // One event is one step, and the same type twice in a second is one event.
        for other in assigned where moments[other].type == moment.type && moments[other].minute == moment.minute {
            return false
        }
        let minutes = assigned.map { moments[$0].minute }
        switch funnel.order {
        case .ordered: return moment.minute >= minutes.last! && moment.minute - minutes[0] <= funnel.window
        case .sequential:
            let isBetween = moments.contains {
                funnel.isActive($0) && $0.minute > minutes.last! && $0.minute < moment.minute
            }
            return !isBetween && moment.minute >= minutes.last! && moment.minute - minutes[0] <= funnel.window
        case .unordered:
            let all = minutes + [moment.minute]
            return moment.minute >= funnel.range.lowerBound && all.max()! - all.min()! <= funnel.window
        }
    }

    /// Of the ways from one entry, the one that is counted: each step as early as it can be; where steps may come in any
    /// order, the one that is over first.
    func isBest(_ way: FunnelWay, of ways: [[Int]]) -> Bool {
        let all = ways.map { $0.map { moments[$0].minute } }
        switch funnel.order {
        case .ordered, .sequential:
            return all.allSatisfy { !$0.lexicographicallyPrecedes(way.minutes) } && all.contains(way.minutes)
        case .unordered:
            return all.contains(way.minutes) && all.allSatisfy { $0.max()! >= way.minutes.max()! }
        }
    }
}
