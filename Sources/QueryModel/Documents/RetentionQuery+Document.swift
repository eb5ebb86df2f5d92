extension RetentionQuery: DocumentedQuestion {
    static let documentType = "retention"
    static let documentMembers = ["start", "return", "mode"] + ChartFrame.documentMembers

    var question: Question { .retention(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        func event(_ name: String) throws -> EventSelector {
            let event = try object.required(name, EventSelector.documentShape, as: EventSelector.self)
            if !event.groupBy.isEmpty {
                throw object.outOfRange(name, "takes no groupBy; the question's own splits the answer")
            }
            return event
        }
        self.init(
            start: try event("start"),
            return: try event("return"),
            mode: try object.value("mode", Mode.documentShape) ?? .nDay,
            in: try ChartFrame(object, range, mostGroupBys: 1, intervals: [.day, .week, .month], limit: 100)
        )
        if case .firstEver = self.return.type {
            throw object.malformed("return", "another event than everybody's first: nobody is new a second time")
        }
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write("start", start)
        try writer.write("return", self.return)
        try writer.write("mode", mode, unless: .nDay)
        try frame.write(to: &writer, limit: 100)
    }
}

/// `"n_day"`, `"rolling"`, or `{"brackets":[[0,1],[1,7]]}`: each from a day to the day after its last.
extension RetentionQuery.Mode: Codable {
    static let documentShape = "\"n_day\", \"rolling\" or {\"brackets\":[[0,1],[1,7]]}"
    private static let mostBrackets = 100
    private static let mostDays = 3650

    public init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            switch word {
            case "n_day": self = .nDay
            case "rolling": self = .rolling
            default: throw decoder.malformed(Self.documentShape)
            }
            return
        }
        let object = try DocumentObject(decoder, Self.documentShape, known: ["brackets"])
        let shape =
            "1 to \(Self.mostBrackets) brackets, each from a day to the day after its last, such as [[0,1],[1,7]]"
        let pairs = try object.required("brackets", shape, as: [[Int]].self)
        guard (1...Self.mostBrackets).contains(pairs.count),
            pairs.allSatisfy({ $0.count == 2 && $0[0] >= 0 && $0[1] > $0[0] && $0[1] <= Self.mostDays })
        else { throw object.malformed("brackets", shape) }
        self = .brackets(pairs.map { $0[0]..<$0[1] })
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .nDay: try container.encode("n_day")
        case .rolling: try container.encode("rolling")
        case .brackets(let brackets):
            try container.encode(["brackets": brackets.map { [$0.lowerBound, $0.upperBound] }])
        }
    }
}
