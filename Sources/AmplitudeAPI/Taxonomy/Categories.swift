import EventModel
import HTTPEdge
import Storage

extension Endpoint {
    static let createCategory = taxonomyWrite(
        .post,
        at: "category",
        "Makes a category of event types.",
        parameters: [.categoryName]
    ) { settings, form, _ throws(TaxonomyError) in
        try settings.createCategory(named: form.name("category_name"))
    }

    static let categories = taxonomyRead(at: "category", "All categories.") { settings, _, _, json in
        json.list(settings.categories.sorted { $0.key < $1.key }) { $0.category($1.key, $1.value) }
    }

    static let category = taxonomyRead(
        at: "category/{category}",
        "One category.",
        parameters: [.category("Its name.", example: "Shop")]
    ) { settings, _, sent, json throws(TaxonomyError) in
        let name = sent.part("category")
        guard let found = settings.categories.first(where: { $0.value == name }) else { throw .notFound }
        json.category(found.key, found.value)
    }

    static let renameCategory = taxonomyWrite(
        .put,
        at: "category/{category}",
        "Renames a category.",
        parameters: [.category("Its id.", example: "1"), .categoryName]
    ) { settings, form, _ throws(TaxonomyError) in
        try settings.renameCategory(form.part("category").string, to: form.name("category_name"))
    }

    static let deleteCategory = taxonomyWrite(
        .delete,
        at: "category/{category}",
        "Removes a category; its event types have none then.",
        parameters: [.category("Its id.", example: "1")]
    ) { settings, form, _ throws(TaxonomyError) in
        try settings.deleteCategory(form.part("category").string)
    }
}

extension Parameter {
    fileprivate static let categoryName = Parameter(
        "category_name",
        .text,
        in: .form,
        "The category's name, of 1 to 1024 characters.",
        example: "Shop",
        isRequired: true
    )

    fileprivate static func category(_ sentence: String, example: String) -> Parameter {
        Parameter("category", .text, in: .path, sentence, example: example)
    }
}

extension JSONWriter {
    fileprivate mutating func category(_ id: EventCategoryID, _ name: ExactText) {
        raw("{\"id\":")
        integer(id.number)
        raw(",\"name\":")
        string(name.string)
        raw("}")
    }
}
