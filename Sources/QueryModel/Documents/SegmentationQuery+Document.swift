import Formulas

extension SegmentationQuery: DocumentedQuestion {
    static let documentType = "segmentation"
    static let documentMembers = ["events", "measure", "population", "rolling"] + ChartFrame.documentMembers
    private static let mostEvents = 10

    var question: Question { .segmentation(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        let shape = "1 to \(Self.mostEvents) events, such as [{\"event\":\"Purchase\"}]"
        let events = try object.required("events", shape, as: [EventSelector].self)
        guard (1...Self.mostEvents).contains(events.count) else {
            throw object.outOfRange("events", "must be \(shape)")
        }
        self.init(
            events: events,
            metric: try object.value("measure", Metric.documentShape) ?? .uniques,
            population: try object.choice("population") ?? .any,
            rolling: try object.value("rolling", Rolling.documentShape) ?? Rolling.none,
            in: try ChartFrame(object, range, mostGroupBys: 2, limit: 100)
        )
        try checkEvents(object)
        if case .formulas(let formulas) = metric {
            for (index, formula) in formulas.enumerated() { try check(formula, "measure.formulas[\(index)]", object) }
        }
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write("events", events)
        try writer.write("measure", metric, unless: .uniques)
        try writer.write("population", population.rawValue, unless: Population.any.rawValue)
        try writer.write("rolling", rolling, unless: Rolling.none)
        try frame.write(to: &writer, limit: 100)
    }

    // MARK: What only all of it can tell

    private func checkEvents(_ object: DocumentObject) throws {
        for (index, event) in events.enumerated() {
            let name = "events[\(index)]"
            if case .firstEver = event.type {
                throw object.malformed(
                    name,
                    "another event than everybody's first; \"population\":\"new\" asks for new people"
                )
            }
            if metric.hasOperand, event.groupBy.isEmpty { throw missingOperand(name, object) }
            guard splitting(index).count + groupBys.count <= 2 else {
                throw object.outOfRange("groupBy", "and that of \(name) may split the answer by two properties at most")
            }
        }
    }

    private func check(_ formula: Formula, _ name: String, _ object: DocumentObject) throws {
        if case .distribution = formula.content {
            throw object.malformed(
                name,
                "a number for each bucket; for HIST and PROPHIST ask for {\"kind\":\"frequency_histogram\"} or"
                    + " {\"kind\":\"histogram\"}"
            )
        }
        for event in formula.events {
            guard event.index < events.count else {
                throw object.outOfRange(
                    name,
                    "names \(event), but there are \(events.count) events: A is the first one"
                )
            }
            if let segment = event.segment, segment >= segments.count {
                throw object.outOfRange(name, "names \(event), but there are \(segments.count) segments")
            }
        }
        for measure in formula.measures where measure.quantity.needsProperty {
            if events[measure.event.index].groupBy.isEmpty {
                throw missingOperand("events[\(measure.event.index)]", object)
            }
        }
    }

    private func missingOperand(_ name: String, _ object: DocumentObject) -> QuestionDocumentError {
        object.missing("\(name).groupBy", "the property to compute with comes first in it, such as [\"event.price\"]")
    }
}

/// `{"window":7}` or `{"average":7}`: so many buckets.
extension SegmentationQuery.Rolling: Codable {
    static let documentShape = "{\"window\":7} or {\"average\":7}, a number of buckets"

    public init(from decoder: any Decoder) throws {
        let object = try DocumentObject(decoder, Self.documentShape, known: ["window", "average"])
        let window = try object.number("window", RollingLength.allowed, example: 7)
        switch (window, try object.number("average", RollingLength.allowed, example: 7)) {
        case (let count?, nil): self = .window(count)
        case (nil, let count?): self = .average(count)
        default: throw object.malformed(Self.documentShape)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        switch self {
        case .none: break
        case .window(let count): try writer.write("window", count)
        case .average(let count): try writer.write("average", count)
        }
    }
}

/// `{"kind":"uniques"}`, or `{"kind":"formulas","formulas":["UNIQUES(A)/UNIQUES(B)"]}`.
extension SegmentationQuery.Metric: Codable {
    static let documentShape = "what is measured, such as {\"kind\":\"uniques\"}"
    private static let plain: KeyValuePairs<String, Self> = [
        "uniques": .uniques, "totals": .totals, "share_of_active": .shareOfActive, "average": .average,
        "histogram": .histogram, "frequency_histogram": .frequencyHistogram, "sum": .sum,
        "value_average": .valueAverage,
    ]

    public init(from decoder: any Decoder) throws {
        let object = try DocumentObject(decoder, Self.documentShape, known: ["kind", "formulas"])
        let kinds = "one of \(Self.plain.map(\.key).joined(separator: ", ")), formulas"
        let kind = try object.required("kind", kinds, as: String.self)
        if kind == "formulas" {
            self = .formulas(try Self.formulas(object))
        } else if let metric = Self.plain.first(where: { $0.key == kind })?.value {
            try object.allow(["kind"])
            self = metric
        } else {
            throw object.malformed("kind", kinds)
        }
    }

    private static func formulas(_ object: DocumentObject) throws -> [Formula] {
        let shape = "1 to \(Formula.most) formulas, such as [\"UNIQUES(A)/UNIQUES(B)\"]"
        let texts = try object.required("formulas", shape, as: [String].self)
        guard (1...Formula.most).contains(texts.count) else { throw object.outOfRange("formulas", "must be \(shape)") }
        return try texts.enumerated().map { index, text in
            let name = "formulas[\(index)]"
            let found: [Formula]
            do throws(FormulaError) {
                found = try Formula.list(parsing: text)
            } catch {
                throw object.outOfRange(name, "cannot be read: \(error.message)")
            }
            guard found.count == 1 else { throw object.malformed(name, "one formula; each is a text of its own") }
            return found[0]
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        if case .formulas(let formulas) = self {
            try writer.write("kind", "formulas")
            try writer.write("formulas", formulas.map(\.text))
        } else if let kind = Self.plain.first(where: { $0.value == self })?.key {
            try writer.write("kind", kind)
        }
    }
}
