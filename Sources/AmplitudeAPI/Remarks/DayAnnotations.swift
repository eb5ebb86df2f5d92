import EventModel
import HTTPEdge
import Storage

// Annotations as Amplitude's second version has them: of a day in the project's time zone. They are the same ones.
// Source: Documentation/remarks.md K5.

extension Endpoint {
    static let createDayAnnotation = Endpoint(
        .post,
        at: "/api/2/annotations",
        "Makes an annotation of a day.",
        parameters: [
            Parameter("app_id", .text, in: .form, "Passed over: the keys say which project.", example: "1"),
            Parameter(
                "date",
                .text,
                in: .form,
                "The day, YYYY-MM-DD, in the project's time zone.",
                example: "2026-06-15",
                isRequired: true
            ),
            Parameter("label", .text, in: .form, "What happened.", example: "Campaign", isRequired: true),
            Parameter("chart_id", .text, in: .form, "The chart that it belongs to.", example: "abcd1234"),
            Parameter("details", .text, in: .form, "More about it.", example: "On all channels"),
        ],
        access: .editor
    ) { call in
        let fields = try await call.form(limit: AnnotationChange.mostBytes).fields
        let project = try call.project
        let zone = project.project.timeZone
        let now = project.now()
        _ = fields["app_id"]
        let date = try fields.required("date", "date=2026-06-15")
        guard let day = CalendarDate(iso: date) else {
            throw QueryParameterError.malformed("date", "date must be a day, such as date=2026-06-15")
        }
        let remark = Remark(
            id: RemarkID(0),
            time: zone.start(of: day),
            label: try Self.text("label", fields.required("label", "label=Campaign")),
            details: try fields.nonEmpty("details").map {
                try Self.text("details", $0, most: AnnotationChange.mostBytes)
            },
            chart: try fields.nonEmpty("chart_id").map { try Self.text("chart_id", $0) },
            createdAt: now,
            changedAt: now
        )
        return try await project.withRecord { record in
            guard let added = try record.add(remark) else { throw Failure.tooManyRemarks }
            var json = JSONWriter()
            json.raw("{\"annotation\":")
            json.dayAnnotation(added, in: zone)
            json.raw(",\"success\":true}")
            return .json(json)
        }
    }

    static let dayAnnotations = Endpoint(
        .get,
        at: "/api/2/annotations",
        "All annotations by day, or one.",
        parameters: [Parameter("id", .integer, "Only the one with this id.", example: "1")],
        access: .viewer
    ) { call in
        let id = call.parameters.nonEmpty("id")
        let project = try call.project
        let zone = project.project.timeZone
        return try await project.withRecord { record in
            var found = try record.remarks().filter(\.isShown)
            if let id {
                found = found.filter { $0.id == RemarkID(text: id) }
                if found.isEmpty { throw Failure.unknownAnnotation(id) }
            }
            var json = JSONWriter()
            json.raw("{\"data\":")
            json.list(found) { $0.dayAnnotation($1, in: zone) }
            json.raw("}")
            return .json(json)
        }
    }

    static let dayAnnotation = Endpoint(
        .get,
        at: "/api/2/annotations/{id}",
        "One annotation, by day.",
        parameters: [
            Parameter("id", .integer, in: .path, "Its id, as the list of them gives it.", example: "1")
        ],
        access: .viewer
    ) { call in
        let id = call.parameters.part("id").string
        let project = try call.project
        let zone = project.project.timeZone
        return try await project.withRecord { record in
            let found = try record.remarks().first { $0.isShown && $0.id == RemarkID(text: id) }
            guard let found else { throw Failure.unknownAnnotation(id) }
            var json = JSONWriter()
            json.raw("{\"annotation\":")
            json.dayAnnotation(found, in: zone)
            json.raw("}")
            return .json(json)
        }
    }

    private static func text(
        _ name: String,
        _ text: String,
        most: Int = Remark.mostLabelCharacters
    ) throws(QueryParameterError) -> String {
        guard text.count <= most, !text.utf8.contains(0) else {
            throw .malformed(name, "\(name) must have at most \(most) characters, and no U+0000")
        }
        return text
    }
}

extension JSONWriter {
    fileprivate mutating func dayAnnotation(_ remark: Remark, in zone: ProjectTimeZone) {
        raw("{\"id\":")
        integer(remark.id.number)
        member("date", zone.date(of: remark.time).iso)
        member("label", remark.label)
        member("details", remark.details)
        raw("}")
    }
}
