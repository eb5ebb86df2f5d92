extension FunnelQuery: DocumentedQuestion {
    static let documentType = "funnel"
    static let documentMembers = ["steps", "order", "windowSeconds", "newPeople"] + ChartFrame.documentMembers
    private static let mostSteps = 32
    /// Ten years.
    private static let longestWindow = 315_360_000
    /// Thirty days.
    private static let usualWindow = 2_592_000

    var question: Question { .funnel(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        let shape = "2 to \(Self.mostSteps) events, such as [{\"event\":\"Sign Up\"},{\"event\":\"Purchase\"}]"
        let steps = try object.required("steps", shape, as: [EventSelector].self)
        guard (2...Self.mostSteps).contains(steps.count) else { throw object.outOfRange("steps", "must be \(shape)") }
        for (index, step) in steps.enumerated() where step.type == .firstEver {
            throw object.malformed(
                "steps[\(index)]",
                "another event than everybody's first; newPeople asks for new ones"
            )
        }
        let order: StepOrder = try object.choice("order") ?? .ordered
        if order != .ordered, let index = steps.firstIndex(where: { $0.nth != nil }) {
            throw object.outOfRange("steps[\(index)].nth", "is known of \"order\":\"ordered\" alone; leave it out")
        }
        let seconds = try object.number("windowSeconds", 1...Self.longestWindow, example: 86_400) ?? Self.usualWindow
        guard let window = ConversionWindow(seconds: Int64(seconds)) else {
            throw object.outOfRange("windowSeconds", "must be above 0")
        }
        self.init(
            steps: steps,
            order: order,
            window: window,
            isOfNewPeople: try object.value("newPeople", "true or false") ?? false,
            in: try ChartFrame(object, range, mostGroupBys: 2, limit: 100)
        )
        guard steps.reduce(groupBys.count, { $0 + $1.groupBy.count }) <= 2 else {
            throw object.outOfRange("groupBy", "and the groupBy of steps may split a funnel by two properties at most")
        }
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write("steps", steps)
        try writer.write("order", order.rawValue, unless: StepOrder.ordered.rawValue)
        try writer.write("windowSeconds", window.seconds, unless: Int64(Self.usualWindow))
        try writer.write("newPeople", isOfNewPeople, unless: false)
        try frame.write(to: &writer, limit: 100)
    }
}
