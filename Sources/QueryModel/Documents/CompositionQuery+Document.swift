extension CompositionQuery: DocumentedQuestion {
    static let documentType = "composition"
    static let documentMembers = ["property", "limit"]

    var interval: Interval { .all }
    var question: Question { .composition(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        self.init(
            property: try object.required("property", "a property, such as \"version\" or \"user.plan\""),
            range: range,
            limit: try object.number("limit", 1...10_000, example: 100) ?? 100
        )
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write("property", property)
        try writer.write("limit", limit, unless: 100)
    }
}
