import AnswerTables
import EventModel
import HTTPEdge
import QueryExecution
import QueryModel

/// A chart as it was asked for.
struct AskedChart: Sendable {
    var question: Question
    /// The property as it was written, which the answer repeats; `nil` where it does not.
    var property: String?

    init(_ question: Question, property: String? = nil) {
        self.question = question
        self.property = property
    }
}

extension Endpoint {
    /// A question that can be kept. With `drill` it answers with the people of whom a cell of the answer is made, with
    /// `format=csv` as a table.
    ///
    /// - Parameters:
    ///   - cell: the kind that the answer's cells are of.
    ///   - parse: what the parameters ask; always of the same type.
    static func chart(
        at path: String,
        _ summary: String,
        parameters: [Parameter],
        cell: any DrilledCell.Type = SeriesCell.self,
        parse: @escaping @Sendable (SentParameters) throws(QueryParameterError) -> AskedChart
    ) -> Endpoint {
        Endpoint(
            QuestionEndpoint(
                at: path,
                summary,
                parameters: parameters + Parameter.drill(cell.example) + [.format],
                contentTypes: ["application/json", "text/csv"],
                parse: { (sent) throws(QueryParameterError) in
                    let chart = try parse(sent)
                    return (
                        chart: chart,
                        drill: try DrillDown(parsing: sent, of: chart.question),
                        isTable: try sent.asksForTable()
                    )
                },
                cost: { QueryCost($0.chart.question) },
                question: { $0.chart.question },
                answer: { asked, project, context in
                    let question = asked.chart.question
                    if let drill = asked.drill {
                        let page = try await project.page(after: drill.after, limit: drill.limit, "drillAfter")
                        let users = try await project.queries.users(of: drill.cell, in: question, page, context)
                        let names = try await project.people.names(of: users.users.map(\.key))
                        return asked.isTable
                            ? .table(users.table(names.map { ($0.amplitudeID.number, $0.userID) }))
                            : .json(users.json(names))
                    }
                    let answer = try await project.queries.answer(question, context)
                    return asked.isTable
                        ? .table(answer.table(of: question, at: context.now))
                        : .json(answer.dashboardJSON(of: question, context, property: asked.chart.property))
                }
            )
        )
    }
}

extension Parameter {
    static let format = Parameter(
        "format",
        .choice(["json", "csv"]),
        "Whether to answer as JSON, or with a table as CSV.",
        standard: "json",
        example: "csv"
    )
}

extension SentParameters {
    /// Reads `format`. Source: Documentation/asking.md Q6.
    func asksForTable() throws(QueryParameterError) -> Bool {
        switch nonEmpty("format") {
        case nil, "json": false
        case "csv": true
        default: throw .malformed("format", "format must be json or csv")
        }
    }
}

extension Reply {
    static func table(_ table: AnswerTable) -> Reply {
        .text(table.csv, contentType: "text/csv; charset=utf-8")
    }
}
