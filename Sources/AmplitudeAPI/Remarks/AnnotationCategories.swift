import EventModel
import HTTPEdge
import JSONTape
import Storage

// Categories of annotations. The first, "Uncategorized", is that of annotations without one: it cannot be changed.
// Source: Documentation/remarks.md K4.

extension Endpoint {
    static let createAnnotationCategory = Endpoint(
        .post,
        at: "/api/3/annotation-categories",
        "Makes a category of annotations.",
        body: .categoryName,
        access: .editor
    ) { call in
        let name = try await call.categoryName()
        return try await call.project.withRecord { record in
            guard try record.remarkCategories().count < AnnotationCategory.most else { throw Failure.tooManyCategories }
            guard let id = try record.addRemarkCategory(named: name) else { throw Failure.categoryExists(name) }
            return .category(Named(id, name))
        }
    }

    static let annotationCategories = Endpoint(
        .get,
        at: "/api/3/annotation-categories",
        "All categories of annotations, or the one of a name.",
        parameters: [Parameter("category", .text, "Only the one of this name.", example: "Campaigns")],
        access: .viewer
    ) { call in
        let name = call.parameters.nonEmpty("category").map { ExactText($0) }
        return try await call.project.withRecord { record in
            let chosen = try record.remarkCategories().filter { name == nil || ExactText($0.value) == name }
            var json = JSONWriter()
            json.raw("{\"data\":")
            json.list(chosen) { $0.category($1) }
            json.raw("}")
            return .json(json)
        }
    }

    static let annotationCategory = Endpoint(
        .get,
        at: "/api/3/annotation-categories/{id}",
        "One category of annotations.",
        parameters: [.annotationCategoryID],
        access: .viewer
    ) { call in
        let id = call.parameters.part("id").string
        return try await call.project.withRecord { record in .category(try record.category(id)) }
    }

    static let renameAnnotationCategory = Endpoint(
        .put,
        at: "/api/3/annotation-categories/{id}",
        "Renames a category of annotations.",
        parameters: [.annotationCategoryID],
        body: .categoryName,
        access: .editor
    ) { call in
        let id = call.parameters.part("id").string
        let name = try await call.categoryName()
        return try await call.project.withRecord { record in
            let category = try record.changeableCategory(id)
            guard try record.renameRemarkCategory(category.key, to: name) else { throw Failure.categoryExists(name) }
            return .category(Named(category.key, name))
        }
    }

    static let deleteAnnotationCategory = Endpoint(
        .delete,
        at: "/api/3/annotation-categories/{id}",
        "Removes a category of annotations; they have none then.",
        parameters: [.annotationCategoryID],
        access: .editor
    ) { call in
        let id = call.parameters.part("id").string
        return try await call.project.withRecord { record in
            try record.removeRemarkCategory(record.changeableCategory(id).key)
            return .json("{\"success\":true}")
        }
    }

    static let fillAnnotationCategory = Endpoint(
        .put,
        at: "/api/3/annotation-categories/bulk/{id}",
        "Puts annotations into a category: all that are named, or none if one of them is not there.",
        parameters: [.annotationCategoryID],
        body: Body("Which annotations, by id.", example: ["annotation_ids": [1, 2]]),
        access: .editor
    ) { call in
        let id = call.parameters.part("id").string
        let numbers = try AnnotationCategory.annotations(try await call.bytes(limit: AnnotationChange.mostBytes))
        let project = try call.project
        let now = project.now()
        return try await project.withRecord { record in
            let category = try record.category(id)
            for number in numbers where try record.remark(number) == nil {
                throw Failure.unknownAnnotation("\(number.number)")
            }
            let names = try record.categoryNames()
            var json = JSONWriter()
            json.raw("{\"data\":")
            let changed = try numbers.compactMap { number in
                try record.changeRemark(number) { remark in
                    remark.category = category.key
                    remark.changedAt = now
                }
            }
            json.list(changed) { $0.annotation($1, names) }
            json.raw("}")
            return .json(json)
        }
    }
}

private enum AnnotationCategory {
    static let most = 10_000
    private static let mostAnnotations = 1_000

    static func name(_ body: [UInt8]) throws -> String {
        try SentObject.read(body, example: "{\"category\":\"Campaigns\"}") { sent in
            try sent.requiredText("category", characters: 1...1024, example: "Campaigns")
        }
    }

    static func annotations(_ body: [UInt8]) throws -> [RemarkID] {
        try SentObject.read(body, example: "{\"annotation_ids\":[1,2]}") { sent in
            var ids: [RemarkID] = []
            for element in sent.root["annotation_ids"]?.elements ?? sent.root.elements {
                guard let id = element.integer ?? element.string.flatMap({ Int64($0) }) else {
                    throw Failure.member("annotation_ids", "must be a list of whole numbers, such as [1,2].")
                }
                if !ids.contains(RemarkID(id)) { ids.append(RemarkID(id)) }
                guard ids.count <= mostAnnotations else {
                    throw Failure.member("annotation_ids", "must be at most \(mostAnnotations) at a time.")
                }
            }
            if ids.isEmpty {
                throw Failure.member("annotation_ids", "must be a list of at least one id, such as [1,2].")
            }
            return ids
        }
    }
}

extension Call {
    fileprivate func categoryName() async throws -> String {
        try AnnotationCategory.name(try await bytes(limit: AnnotationChange.mostBytes))
    }
}

extension RemarksRecord {
    fileprivate func category(_ id: String) throws -> Named<RemarkCategoryID> {
        guard let number = Int64(id), let found = try remarkCategories().first(where: { $0.key.number == number })
        else {
            throw Failure(
                .notFound,
                "category_unknown",
                "There is no category \(id); GET /api/3/annotation-categories lists those that there are."
            )
        }
        return found
    }

    fileprivate func changeableCategory(_ id: String) throws -> Named<RemarkCategoryID> {
        let category = try category(id)
        if category.key == .none {
            throw Failure(
                .malformed,
                "category_fixed",
                "The category \(id), \"\(category.value)\", is that of annotations without one: it stays as it is."
            )
        }
        return category
    }
}

extension Parameter {
    fileprivate static let annotationCategoryID = Parameter(
        "id",
        .integer,
        in: .path,
        "The category's id, as the list of them gives it.",
        example: "2"
    )
}

extension Endpoint.Body {
    fileprivate static let categoryName = Endpoint.Body("Its name.", example: ["category": "Campaigns"])
}

extension Failure {
    fileprivate static func categoryExists(_ name: String) -> Failure {
        Failure(.conflict, "category_exists", "There is a category \"\(name)\" already.", field: "category")
    }

    fileprivate static let tooManyCategories = Failure(
        .conflict,
        "full",
        "There are \(AnnotationCategory.most) categories, and no more are possible: delete some."
    )
}

extension Reply {
    fileprivate static func category(_ category: Named<RemarkCategoryID>) -> Reply {
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.category(category)
        json.raw("}")
        return .json(json)
    }
}
