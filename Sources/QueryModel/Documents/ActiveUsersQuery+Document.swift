extension ActiveUsersQuery: DocumentedQuestion {
    static let documentType = "users"
    static let documentMembers = ["measure"] + ChartFrame.documentMembers

    var question: Question { .users(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        self.init(
            try object.measure(standard: .active),
            in: try ChartFrame(object, range, mostGroupBys: 2, limit: 1000)
        )
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write(measure: metric, unless: .active)
        try frame.write(to: &writer, limit: 1000)
    }
}
