extension LifetimeValueQuery: DocumentedQuestion {
    static let documentType = "lifetime_value"
    static let documentMembers = ["measure"] + ChartFrame.documentMembers

    var question: Question { .lifetimeValue(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        self.init(
            try object.measure(standard: .perPerson),
            in: try ChartFrame(object, range, mostGroupBys: 1, limit: 100)
        )
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write(measure: metric, unless: .perPerson)
        try frame.write(to: &writer, limit: 100)
    }
}
