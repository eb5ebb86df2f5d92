import EventModel
import HTTPEdge
import Hummingbird
import QueryExecution
import QueryModel
import Storage

// Saved charts, asked by their ids. Source: Documentation/asking.md Q8, Q10.

extension Endpoint {
    static let chartQuery = Endpoint(
        .get,
        at: "/api/3/chart/{id}/query",
        "Asks a saved chart: the answer is that of the Dashboard endpoint of its type.",
        parameters: [.chartID],
        access: .viewer,
        endsWithClient: true
    ) { call in
        let project = try call.project
        let chart = try KeptChart(try await project.chart(call.parameters.part("id")))
        let answered = try await project.answer(chart.document)
        return .json(
            answered.answer.dashboardJSON(
                of: answered.question,
                answered.context,
                property: chart.property,
                cells: .sets
            )
        )
    }

    static let chartTable = Endpoint(
        .get,
        at: "/api/3/chart/{id}/csv",
        "Asks a saved chart, and answers with a table: CSV within JSON or, with Accept: text/csv, CSV alone.",
        parameters: [.chartID],
        access: .viewer,
        contentTypes: ["application/json", "text/csv"],
        endsWithClient: true
    ) { call in
        let project = try call.project
        let prefersCSV = call.prefersCSV
        let chart = try KeptChart(try await project.chart(call.parameters.part("id")))
        let sheet = try await project.asking(chart.document) { question, context in
            let question = question.withGroupsOfSheet
            let answer = try await project.queries.answer(question, context)
            return ChartSheet(
                name: chart.name,
                description: chart.description,
                answer.blocks(of: question, property: chart.property)
            )
        }
        if prefersCSV { return .text(sheet.text, contentType: "text/csv; charset=utf-8") }
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.string(sheet.text)
        json.raw("}")
        return .json(json)
    }
}

/// A saved chart, read.
private struct KeptChart: Sendable {
    var name: String
    var description: String
    var document: QuestionDocument
    /// Of a composition that was saved as a request: its property, as it was written.
    var property: String?

    init(_ chart: SavedChart) throws {
        name = chart.name
        description = chart.description ?? ""
        document = try QuestionDocument(json: chart.question)
        let properties = chart.request.flatMap { KeptRequest(json: $0) }?.parameters.all("p") ?? []
        property = properties.isEmpty ? nil : properties.joined(separator: "; ")
    }
}
