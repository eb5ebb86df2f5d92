import QueryModel

extension Question {
    /// The most rows of a sheet, the largest groups first, as in Amplitude's files. Source: Documentation/asking.md Q10.
    var mostSheetRows: Int {
        switch self {
        case .segmentation, .composition, .sessions, .users, .revenue, .lifecycle, .dataTable: 10_000
        case .stickiness: 2000
        case .funnel, .retention, .lifetimeValue: 300
        }
    }

    /// The same, with as many groups as a sheet has rows for.
    var withGroupsOfSheet: Question {
        func widened<Query: Framed>(_ query: Query) -> Query {
            var query = query
            query.limit = mostSheetRows
            return query
        }
        return switch self {
        case .segmentation(let query): .segmentation(widened(query))
        case .funnel(let query): .funnel(widened(query))
        case .retention(let query): .retention(widened(query))
        case .lifetimeValue(let query): .lifetimeValue(widened(query))
        case .revenue(let query): .revenue(widened(query))
        case .users(let query): .users(widened(query))
        case .composition(let query): .composition(widened(query))
        case .dataTable(let query): .dataTable(widened(query))
        case .sessions, .lifecycle, .stickiness: self
        }
    }
}
