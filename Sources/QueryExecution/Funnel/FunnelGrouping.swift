import QueryModel

/// The label of people who did not come to the step whose event splits the funnel.
/// Source: Documentation/funnels.md F13.
let didNotReachLabel = "(did not reach)"

/// What splits a funnel: a property of the event that fills one step.
struct FunnelGrouping: Sendable {
    var property: PropertyReference
    var step: Int

    init?(_ query: FunnelQuery) {
        if let property = query.groupBy {
            self.property = property
            step = 0
        } else if let step = query.steps.firstIndex(where: { !$0.groupBy.isEmpty }) {
            property = query.steps[step].groupBy[0]
            self.step = step
        } else {
            return nil
        }
    }
}
