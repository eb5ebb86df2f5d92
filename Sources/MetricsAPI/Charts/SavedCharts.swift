import Accounts
import EventModel
import HTTPEdge
import Hummingbird
import QueryModel
import Storage

// Saved charts: questions under a name. Source: Documentation/asking.md Q7.
//
//     GET    /api/v1/charts         {"data":[…]}, the newest first
//     POST   /api/v1/charts         {"name":"Buyers","question":{…}}, or {"path":"/api/2/funnels","params":{…}}; 201
//     GET    /api/v1/charts/{id}    {"data":{"id":"k3v9x1qa","name":"Buyers",…}}
//     PUT    /api/v1/charts/{id}    what is to be otherwise
//     DELETE /api/v1/charts/{id}    archives it; 204

extension Endpoint {
    static let charts = Endpoint(
        .get,
        at: "/api/v1/charts",
        "All saved charts, the newest first.",
        parameters: [
            Parameter(
                "archived",
                .flag,
                "Whether to list archived ones, too.",
                standard: "false",
                example: "true"
            )
        ],
        access: .viewer
    ) { call in
        let isWhole = call.parameters["archived"] == "true"
        let charts = try await call.project.withRecord { try $0.charts() }
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.list(charts.filter { isWhole || !$0.isArchived }) { $0.chart($1) }
        json.raw("}")
        return .json(json)
    }

    static let createChart = Endpoint(
        .post,
        at: "/api/v1/charts",
        "Saves a chart: a question, or the path and the parameters of a request to the Dashboard API.",
        body: Body(
            "Its name, and the question.",
            example: [
                "name": "People a day", "description": "Who was active",
                "question": ["version": 1, "type": "users", "range": ["last": "30d"]],
            ]
        ),
        access: .editor,
        success: 201
    ) { call in
        let change = try await call.chartChange()
        guard let question = change.question else {
            throw Failure.missing(
                "question",
                example: "\"question\":{\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"30d\"}}"
            )
        }
        let now = try call.project.now()
        var chart = SavedChart(
            id: .randomID(),
            name: ChartChange.nameOfNone,
            owner: call.caller?.account,
            question: question,
            createdAt: now,
            changedAt: now
        )
        change.apply(to: &chart)
        let made = chart
        return try await call.project.withRecord { record in
            var chart = made
            while try record.chart(chart.id) != nil { chart.id = .randomID() }
            guard try record.save(chart) else { throw Failure.tooManyCharts }
            return .chart(chart, status: .created)
        }
    }

    static let savedChart = Endpoint(
        .get,
        at: "/api/v1/charts/{id}",
        "One saved chart, also an archived one.",
        parameters: [.chartID],
        access: .viewer
    ) { call in
        let id = call.parameters.part("id")
        return try await call.project.withRecord { record in
            guard let chart = try record.chart(id) else { throw Failure.unknownChart(id) }
            return .chart(chart)
        }
    }

    static let changeChart = Endpoint(
        .put,
        at: "/api/v1/charts/{id}",
        "Changes a saved chart: what is not sent stays, and null takes a description away.",
        parameters: [.chartID],
        body: Body("What is to be otherwise.", example: ["name": "People a day", "archived": false]),
        access: .editor
    ) { call in
        let id = call.parameters.part("id")
        let change = try await call.chartChange()
        let now = try call.project.now()
        let caller = call.caller
        return try await call.project.withRecord { record in
            guard var chart = try record.chart(id) else { throw Failure.unknownChart(id) }
            try caller?.check(mayChange: chart)
            change.apply(to: &chart)
            chart.changedAt = now
            _ = try record.save(chart)
            return .chart(chart)
        }
    }

    static let archiveChart = Endpoint(
        .delete,
        at: "/api/v1/charts/{id}",
        "Archives a saved chart: it can be asked no more, and a change of archived brings it back.",
        parameters: [.chartID],
        access: .editor,
        success: 204
    ) { call in
        let id = call.parameters.part("id")
        let now = try call.project.now()
        let caller = call.caller
        return try await call.project.withRecord { record in
            guard var chart = try record.chart(id), !chart.isArchived else { throw Failure.unknownChart(id) }
            try caller?.check(mayChange: chart)
            chart.isArchived = true
            chart.changedAt = now
            _ = try record.save(chart)
            return .noContent
        }
    }
}

extension Caller {
    /// The account that asks, or in whose name a program does; `nil` of a project's keys.
    fileprivate var account: String? {
        switch identity {
        case .projectKeys, .secretKey: nil
        case .account(let id), .programKey(_, of: let id): id.text
        }
    }

    /// An Editor changes what is their own, an Admin everybody's. Source: Documentation/asking.md Q7.
    fileprivate func check(mayChange chart: SavedChart) throws(Failure) {
        guard role >= .admin || account != nil && chart.owner == account else {
            throw Failure(.forbidden, "chart_of_another", "Only whoever made a chart, or an Admin, may change it.")
        }
    }
}

extension Failure {
    fileprivate static let tooManyCharts = Failure(
        .conflict,
        "full",
        "There are \(SavedChart.most) charts, and no more are possible."
    )
}

extension Reply {
    fileprivate static func chart(_ chart: SavedChart, status: HTTPResponse.Status = .ok) -> Reply {
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.chart(chart)
        json.raw("}")
        return .json(json, status: status)
    }
}

extension JSONWriter {
    fileprivate mutating func chart(_ chart: SavedChart) {
        raw("{\"id\":")
        string(chart.id.string)
        member("name", chart.name)
        member("description", chart.description)
        key("question")
        raw(chart.question)
        key("request")
        raw(chart.request ?? "null")
        member("owner", chart.owner)
        member("created_at", chart.createdAt.iso8601)
        member("updated_at", chart.changedAt.iso8601)
        key("archived")
        bool(chart.isArchived)
        raw("}")
    }
}
