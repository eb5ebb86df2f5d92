extension CompositionQuery: DocumentedQuestion {
    static let documentType = "composition"
    static let documentMembers = ["property", "and", "segment", "limit"]

    var question: Question { .composition(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        let property = try object.required(
            "property",
            "a property, such as \"version\" or \"user.plan\"",
            as: PropertyReference.self
        )
        let second = try object.value("and", "a property, such as \"country\"", as: PropertyReference.self)
        self.init(
            properties: [property] + (second.map { [$0] } ?? []),
            of: try object.value("segment", "a segment, such as {\"conditions\":[]} for everybody") ?? .everybody,
            range: range,
            limit: try object.number("limit", 1...10_000, example: 100) ?? 100
        )
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write("property", groupBys[0])
        if groupBys.count > 1 { try writer.write("and", groupBys[1]) }
        try writer.write("segment", segments[0], unless: .everybody)
        try writer.write("limit", limit, unless: 100)
    }
}
