import EventModel
import HTTPEdge
import QueryExecution
import QueryModel

extension Answer {
    /// The body of a 200 of the Dashboard endpoint of its type.
    ///
    /// - Parameters:
    ///   - question: what was asked.
    ///   - property: of a composition, as it was written; in our words if left out.
    ///   - cells: how the values of segmentations are written.
    func dashboardJSON(
        of question: Question,
        _ context: QueryContext,
        property: String? = nil,
        cells: SeriesCells = .numbers
    ) -> String {
        switch (self, question) {
        case (.segmentation(let answer), .segmentation(let query)): answer.json(query, cells)
        case (.funnel(let answer), .funnel(let query)): answer.json(query, thisYear: context.today.year)
        case (.retention(let answer), .retention): answer.json
        case (.lifetimeValue(let answer), .lifetimeValue): answer.json(thisYear: context.today.year)
        case (.revenue(let answer), .revenue): answer.revenueJSON
        case (.users(let answer), .users): answer.usersJSON
        case (.sessions(let answer), .sessions(let query)): answer.json(query)
        case (.composition(let answer), .composition(let query)):
            answer.json(property ?? query.groupBys.map(\.requestName).joined(separator: "; "))
        case (.lifecycle(let answer), .lifecycle(let query)): answer.json(query)
        case (.stickiness(let answer), .stickiness): answer.json
        case (.dataTable(let answer), .dataTable(let query)): answer.json(query)
        default: preconditionFailure("the answer to another question")
        }
    }
}

extension PropertyReference {
    /// As `g` and `p` name it.
    var requestName: String {
        switch self {
        case .builtIn(let property): property.requestName ?? property.rawValue
        case .user(let name): "gp:\(name.string)"
        case .event(let name), .userOrEvent(let name): name.string
        case .context, .revenue, .eventType: documentName
        }
    }
}
