extension RevenueQuery: DocumentedQuestion {
    static let documentType = "revenue"
    static let documentMembers = ["measure"] + ChartFrame.documentMembers

    var question: Question { .revenue(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        self.init(
            try object.measure(standard: .total),
            in: try ChartFrame(object, range, mostGroupBys: 2, limit: 1000)
        )
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write(measure: metric, unless: .total)
        try frame.write(to: &writer, limit: 1000)
    }
}
