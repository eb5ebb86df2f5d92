import QueryExecution
import QueryModel

// What people who ask the Dashboard API are told of questions that cannot be answered.

extension CellPart {
    /// As `drill` names it.
    var requestName: String {
        switch self {
        case .series: "series"
        case .index: "index"
        case .step: "step"
        case .day: "day"
        case .row: "row"
        case .interval: "interval"
        }
    }
}

extension QueryError.NotMadeOfUsers {
    var sentence: String {
        switch self {
        case .averageLength:
            "An average length is not made of users' shares; ask /api/2/sessions/peruser for the sessions of the same"
                + " day, or /api/2/sessions/length."
        case .meanOfQuotients(let metric):
            "The mean of several quotients is not made of users' shares; leave out rollingAverage, or ask for"
                + " m=\(metric == .average ? "totals" : "uniques")."
        case .valueAverage: "m=value_avg is not made of users' shares; ask for m=sums, above its fraction line."
        case .formula:
            "m=formula is not made of users' shares; ask for one of its events with m=uniques, m=totals or m=sums."
        }
    }
}

extension QueryError.TooLarge {
    var sentence: String {
        switch self {
        case .distinctValues:
            "The query counts too many different values; ask for a shorter time or fewer groups, or filter the events."
        case .groups(let count, let most):
            "The query splits the events into \(count) groups, and \(most) is the most; group by a property with fewer"
                + " values, or by one property instead of two."
        case .cells(let groups, let buckets):
            "The answer is split into \(groups) groups over \(buckets) buckets; group by a property with fewer values, or"
                + " ask for a shorter time."
        case .combinations(let limit):
            "The query has too many combinations of events and segments; ask for fewer than \(limit) at once."
        case .columns(let sentence): "\(sentence) Choose properties with fewer values, or raise --column-memory."
        }
    }
}
