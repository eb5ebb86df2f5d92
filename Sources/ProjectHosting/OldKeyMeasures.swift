import EventModel
import Metrics

/// Counts who still comes with a key that was replaced: when nobody does, it can be ended.
struct OldKeyMeasures: Sendable {
    let project: String

    func note(_ kind: OldKey.Kind) {
        Counter(
            label: "antinode_old_key_uses_total",
            dimensions: [("project", project), ("kind", kind.rawValue)]
        ).increment()
    }
}
