/// `{"name":"Germany","conditions":[{"property":"country","op":"is","values":["Germany"]}]}`
extension Segment: Codable {
    private static let shape = "a segment, such as {\"conditions\":[]} for everybody"

    public init(from decoder: any Decoder) throws {
        let object = try DocumentObject(decoder, Self.shape, known: ["name", "conditions"])
        self.init(
            try object.value("conditions", "a list of conditions, all of which must hold") ?? [],
            name: try object.value("name", "a text that people know it by")
        )
    }

    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        try writer.write("name", name, unless: nil)
        try writer.write("conditions", conditions, unless: [])
    }
}

/// A property's test as in an event's filters, `{"cohort":ID,"in":true}`, or
/// `{"performed":EVENT,"op":">=","count":2,"window":{"days":30}}`.
extension SegmentCondition: Codable {
    private static let shape = "a condition: it has one of \"property\", \"cohort\" and \"performed\""

    public init(from decoder: any Decoder) throws {
        let object = try DocumentObject(decoder, Self.shape)
        guard ["property", "cohort", "performed"].count(where: object.has) == 1 else {
            throw object.malformed(Self.shape)
        }
        if object.has("cohort") {
            try object.allow(["cohort", "in"])
            let ids = try object.required("cohort", "the id of a cohort, or a list of ids", as: OneOrMore.self).values
            if ids.isEmpty { throw object.malformed("cohort", "the id of a cohort, or a list of ids") }
            self = .cohort(ids: ids, isMember: try object.value("in", "true or false") ?? true)
        } else if object.has("performed") {
            self = .performed(try PerformedCondition(object))
        } else {
            try object.allow(PropertyFilter.documentMembers)
            self = .property(try PropertyFilter(object))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        switch self {
        case .property(let filter): try filter.write(to: &writer)
        case .cohort(let ids, let isMember):
            try writer.write("cohort", OneOrMore(values: ids))
            try writer.write("in", isMember)
        case .performed(let condition): try condition.write(to: &writer)
        }
    }

    /// A text where it is one, else a list.
    private struct OneOrMore: Codable {
        var values: [String]

        init(values: [String]) {
            self.values = values
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(String.self) {
                values = [value]
            } else {
                values = try container.decode([String].self)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if values.count == 1 { try container.encode(values[0]) } else { try container.encode(values) }
        }
    }
}

extension PerformedCondition {
    /// The longest look back, in days.
    private static let mostDays = 3650

    fileprivate init(_ object: DocumentObject) throws {
        try object.allow(["performed", "op", "count", "window"])
        let event = try object.required("performed", EventSelector.documentShape, as: EventSelector.self)
        if case .firstEver = event.type {
            throw object.malformed("performed", "an event that is not everybody's first; ask for \"any\":\"event\"")
        }
        if !event.groupBy.isEmpty {
            throw QuestionDocumentError(
                .unknown,
                at: object.path("performed.groupBy"),
                "\(object.path("performed.groupBy")) splits nothing; leave it out"
            )
        }
        if event.nth != nil {
            throw object.outOfRange("performed.nth", "is not known here: count says how often")
        }
        let most = 1_000_000_000
        guard let count = try object.number("count", 0...most, example: 1) else {
            throw object.missing("count", "how often, a whole number from 0, such as 1")
        }
        let comparison = try object.requiredChoice(
            "op",
            "how to compare with count, such as \">=\"",
            of: Comparison.self
        )
        let shape = "{\"days\":30}, \"bucket\" or \"ever\""
        let window = try object.required("window", shape, as: Window.self)
        if case .trailing(let days) = window.span, !(1...Self.mostDays).contains(days) {
            throw object.outOfRange("window", "must have a whole number of \"days\" from 1 to \(Self.mostDays)")
        }
        self.init(event: event, comparison: comparison, count: count, span: window.span)
    }

    fileprivate func write(to writer: inout DocumentWriter) throws {
        try writer.write("performed", event)
        try writer.write("op", comparison.rawValue)
        try writer.write("count", count)
        try writer.write("window", Window(span: span))
    }

    private struct Window: Codable {
        var span: Span

        init(span: Span) {
            self.span = span
        }

        init(from decoder: any Decoder) throws {
            let shape = "{\"days\":30}, \"bucket\" or \"ever\""
            if let word = try? decoder.singleValueContainer().decode(String.self) {
                switch word {
                case "bucket": span = .bucket
                case "ever": span = .sinceEver
                default: throw decoder.malformed(shape)
                }
            } else {
                let object = try DocumentObject(decoder, shape, known: ["days"])
                span = .trailing(days: try object.required("days", "a number of days, such as 30"))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch span {
            case .bucket: try container.encode("bucket")
            case .sinceEver: try container.encode("ever")
            case .trailing(let days): try container.encode(["days": days])
            }
        }
    }
}
