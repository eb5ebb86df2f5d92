import QueryExecution
public import QueryModel

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

    /// - Parameters:
    ///   - parameter: the one that names the cell.
    ///   - valid: what this part of its place may be.
    public func missing(_ parameter: String, _ valid: Range<Int>) -> QueryParameterError {
        let range =
            valid.isEmpty
            ? "this answer has none" : "it must be from \(valid.lowerBound) to \(valid.upperBound - 1)"
        return QueryParameterError(
            .outOfRange,
            parameter,
            "\"\(requestName)\" in \(parameter) is not in this answer: \(range)"
        )
    }
}

extension QueryError.PropertyPlace {
    /// What to do about an event property that was asked for as a user's there.
    var advice: String {
        switch self {
        case .event: ": send \"subprop_type\":\"event\", or \"type\":\"event\" in \"group_by\"."
        case .segment:
            ", and s looks at user properties: filter the event by it, with \"subprop_type\":\"event\" in \"filters\"."
        case .group: ": send it without gp:, or with \"type\":\"event\" in \"group_by\"."
        }
    }
}

extension QueryLimitExceeded {
    /// Begins as Amplitude's own, as clients look for that; then says which limit it is, and what to do.
    var sentence: String {
        let kind = isOfMoment ? "concurrent" : "rate"
        let beginning = "Too Many Requests: Exceeded \(kind) limit with query of cost \(cost)"
        guard let retryAfter else {
            return "\(beginning): alone it costs more than the \(most.grouped) \(allowance), so it can never pass."
                + " Ask for fewer days, segments, groups or events."
        }
        let seconds = Int((retryAfter / .seconds(1)).rounded(.up))
        return "\(beginning): \(used.grouped) of \(most.grouped) \(allowance) are used. Come back in"
            + " \(seconds.grouped) \(seconds == 1 ? "second" : "seconds")."
    }

    /// Whether it is a limit on what runs at the same time.
    public var isOfMoment: Bool {
        switch limit {
        case .requestsAtOnce, .costAtOnce, .taxonomyCostAtOnce: true
        case .costPerHour, .lookupsPerHour, .taxonomyCostPerHour: false
        }
    }

    /// Ends `1,000 …`.
    private var allowance: String {
        switch limit {
        case .requestsAtOnce: "requests at the same time"
        case .costAtOnce: "of cost at the same time"
        case .costPerHour: "of cost an hour"
        case .lookupsPerHour: "look-ups of people an hour"
        case .taxonomyCostAtOnce: "of the taxonomy's cost at the same time"
        case .taxonomyCostPerHour: "of the taxonomy's cost an hour"
        }
    }
}

extension Int {
    /// With a comma before every third digit, as people read it.
    fileprivate var grouped: String {
        var text = String(magnitude)
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return (self < 0 ? "-" : "") + text
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
        case .points(let count, let most):
            "The answer would have \(count) points, and \(most) is the most; ask for a shorter range, a coarser granularity"
                + " or fewer values of the breakdown."
        case .combinations(let limit):
            "The query has too many combinations of events and segments; ask for fewer than \(limit) at once."
        case .columns(let sentence): "\(sentence) Choose properties with fewer values, or raise --column-memory."
        }
    }
}
