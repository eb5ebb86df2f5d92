import EventModel
import HTTPEdge
import Storage

// Annotations, as Amplitude's third version has them. Releases are listed with them. Source: Documentation/remarks.md K2, K3.

extension Endpoint {
    static let createAnnotation = Endpoint(
        .post,
        at: "/api/3/annotations",
        "Makes an annotation.",
        body: .annotation("What happened, and when; without a chart_id it is to be seen beside all charts."),
        access: .editor
    ) { call in
        let change = try AnnotationChange(parsing: try await call.bytes(limit: AnnotationChange.mostBytes))
        let project = try call.project
        let now = project.now()
        return try await project.withRecord { record in
            let categories = try record.categoryNames()
            let annotation = try change.annotation(at: now, categories)
            guard let added = try record.add(annotation) else { throw Failure.tooManyRemarks }
            return .annotation(added, categories)
        }
    }

    static let annotations = Endpoint(
        .get,
        at: "/api/3/annotations",
        "All annotations, or those of a category, a chart or a time.",
        parameters: [
            Parameter("category", .text, "Only those of this category.", example: "Campaigns"),
            Parameter("chart_id", .text, "Only those of this chart.", example: "abcd1234"),
            Parameter("start", .moment, "Only those that begin then or later.", example: "2026-06-01T00:00:00Z"),
            Parameter("end", .moment, "Only those that are over before.", example: "2026-07-01T00:00:00Z"),
        ],
        access: .viewer
    ) { call in
        let choice = try AnnotationChoice(parsing: call.parameters)
        return try await call.project.withRecord { record in
            let categories = try record.categoryNames()
            let category = try choice.category.map { name in try categories.number(of: name) }
            let chosen = try record.remarks().filter { $0.isShown && choice.contains($0, category) }
            var json = JSONWriter()
            json.raw("{\"data\":")
            json.list(chosen) { $0.annotation($1, categories) }
            json.raw("}")
            return .json(json)
        }
    }

    static let annotation = Endpoint(
        .get,
        at: "/api/3/annotations/{id}",
        "One annotation.",
        parameters: [.annotationID],
        access: .viewer
    ) { call in
        let id = call.parameters.part("id").string
        return try await call.project.withRecord { record in
            guard let found = try RemarkID(text: id).flatMap(record.remark) else { throw Failure.unknownAnnotation(id) }
            return .annotation(found, try record.categoryNames())
        }
    }

    static let changeAnnotation = Endpoint(
        .put,
        at: "/api/3/annotations/{id}",
        "Changes an annotation: what is not sent stays, and null takes away.",
        parameters: [.annotationID],
        body: .annotation("What is to be otherwise."),
        access: .editor
    ) { call in
        let id = call.parameters.part("id").string
        let change = try AnnotationChange(parsing: try await call.bytes(limit: AnnotationChange.mostBytes))
        let project = try call.project
        let now = project.now()
        return try await project.withRecord { record in
            let categories = try record.categoryNames()
            let changed = try RemarkID(text: id).flatMap { id in
                try record.changeRemark(id) { try change.apply(to: &$0, at: now, categories) }
            }
            guard let changed else { throw Failure.unknownAnnotation(id) }
            return .annotation(changed, categories)
        }
    }

    static let deleteAnnotation = Endpoint(
        .delete,
        at: "/api/3/annotations/{id}",
        "Removes an annotation.",
        parameters: [.annotationID],
        access: .editor
    ) { call in
        let id = call.parameters.part("id").string
        return try await call.project.withRecord { record in
            guard let number = RemarkID(text: id), try record.removeRemark(number) else {
                throw Failure.unknownAnnotation(id)
            }
            return .json("{\"success\":true}")
        }
    }
}

extension Parameter {
    fileprivate static let annotationID = Parameter(
        "id",
        .integer,
        in: .path,
        "The annotation's id, as the list of them gives it.",
        example: "1"
    )
}

extension Endpoint.Body {
    fileprivate static func annotation(_ sentence: String) -> Endpoint.Body {
        Endpoint.Body(
            sentence,
            example: [
                "label": "Spring campaign", "start": "2026-06-15T00:00:00Z", "end": "2026-06-30T00:00:00Z",
                "details": "On all channels", "chart_id": "abcd1234",
            ]
        )
    }
}

extension Reply {
    fileprivate static func annotation(_ remark: Remark, _ categories: RemarkCategoryNames) -> Reply {
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.annotation(remark, categories)
        json.raw("}")
        return .json(json)
    }
}

/// Which annotations a list is to have.
private struct AnnotationChoice {
    var category: String?
    var chart: String?
    var start: Timestamp?
    var end: Timestamp?

    init(parsing sent: SentParameters) throws(QueryParameterError) {
        category = sent.nonEmpty("category")
        chart = sent.nonEmpty("chart_id")
        if category != nil, chart != nil {
            throw .unsupported("chart_id", "chart_id cannot be combined with category: send one of them.")
        }
        start = try Self.moment("start", sent)
        end = try Self.moment("end", sent)
    }

    func contains(_ remark: Remark, _ category: RemarkCategoryID?) -> Bool {
        if let category, remark.category != category { return false }
        if let chart, remark.chart != chart { return false }
        if let start, remark.time < start { return false }
        if let end, remark.end ?? remark.time >= end { return false }
        return true
    }

    private static func moment(_ name: String, _ sent: SentParameters) throws(QueryParameterError) -> Timestamp? {
        guard let text = sent.nonEmpty(name) else { return nil }
        // A plus sign that was not encoded is a space by now.
        guard let time = Timestamp(iso8601: text) ?? Timestamp(iso8601: text.replacing(/\s(?=\d\d:?\d\d$)/, with: "+"))
        else {
            throw .malformed(name, "\(name) must be a moment in ISO 8601, such as \(name)=2026-06-15T00:00:00Z")
        }
        return time
    }
}
