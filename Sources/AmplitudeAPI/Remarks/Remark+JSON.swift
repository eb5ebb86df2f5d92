import EventModel
import HTTPEdge
import Storage

/// The names of all categories of remarks.
struct RemarkCategoryNames {
    var all: [Named<RemarkCategoryID>]

    func name(of id: RemarkCategoryID) -> String {
        all.first { $0.key == id }?.value ?? ""
    }

    func number(of name: String) throws(Failure) -> RemarkCategoryID {
        guard let found = all.first(where: { ExactText($0.value) == ExactText(name) }) else {
            throw Failure(
                .notFound,
                "category_unknown",
                "There is no category \"\(name)\"; POST /api/3/annotation-categories makes one.",
                field: "category"
            )
        }
        return found.key
    }
}

extension RemarksRecord {
    func categoryNames() throws(ProjectRecordError) -> RemarkCategoryNames {
        RemarkCategoryNames(all: try remarkCategories())
    }
}

extension RemarkID {
    /// `nil` if the text is no number that a remark could have.
    init?(text: String) {
        guard let number = Int64(text) else { return nil }
        self.init(number)
    }
}

extension Remark {
    /// Whether it is to be seen beside charts, and so among annotations.
    var isShown: Bool { release?.isShown ?? true }
}

extension Failure {
    static func unknownAnnotation(_ id: String) -> Failure {
        Failure(
            .notFound,
            "annotation_unknown",
            "There is no annotation \(id); GET /api/3/annotations lists those that there are."
        )
    }

    static let tooManyRemarks = Failure(
        .conflict,
        "full",
        "There are \(Remark.most) annotations and releases, and no more are possible: delete some."
    )
}

extension JSONWriter {
    /// As the third version has it; the keys in the order in which Amplitude was recorded to send them.
    mutating func annotation(_ remark: Remark, _ categories: RemarkCategoryNames) {
        raw("{\"id\":")
        integer(remark.id.number)
        member("start", remark.time.withOffset)
        member("label", remark.label)
        member("details", remark.details)
        key("category")
        category(Named(remark.category, categories.name(of: remark.category)))
        member("end", remark.end?.withOffset)
        member("chart_id", remark.chart)
        raw("}")
    }

    /// Under both names that Amplitude's pages and answers have for one key.
    mutating func category(_ category: Named<RemarkCategoryID>) {
        raw("{\"id\":")
        integer(category.key.number)
        member("category", category.value)
        member("name", category.value)
        raw("}")
    }
}

extension Timestamp {
    /// `2026-06-15T00:00:00+00:00`.
    fileprivate var withOffset: String { "\(iso8601.dropLast())+00:00" }
}
