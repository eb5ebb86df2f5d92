/// Which events start something in one segment, and of whom.
struct StreamStart: Sendable {
    var matched: MatcherPlan.Matched
    var conditions: BucketConditions?
}
