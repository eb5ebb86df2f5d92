extension SessionQuery: DocumentedQuestion {
    static let documentType = "sessions"
    static let documentMembers = ["measure"]

    var interval: Interval { .day }
    var question: Question { .sessions(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        let shape = "what is measured, such as {\"kind\":\"average_length\"}"
        self.init(try object.required("measure", shape, as: Measure.self), range: range)
    }

    func write(to writer: inout DocumentWriter) throws { try writer.write("measure", measure) }
}

/// `{"kind":"average_length"}`, `{"kind":"per_person"}`, or `{"kind":"lengths"}`, perhaps with
/// `"bins":{"fromMs":0,"toMs":600000,"widthMs":60000}`.
extension SessionQuery.Measure: Codable {
    private enum Kind: String, CaseIterable {
        case lengths
        case averageLength = "average_length"
        case perPerson = "per_person"
    }

    public init(from decoder: any Decoder) throws {
        let object = try DocumentObject(
            decoder,
            "a measure, such as {\"kind\":\"average_length\"}",
            known: ["kind", "bins"]
        )
        switch try object.requiredChoice("kind", "what is measured, such as \"average_length\"", of: Kind.self) {
        case .lengths:
            self = .lengths(try object.value("bins", SessionLengthBins.documentShape) ?? .usual)
            return
        case .averageLength: self = .averageLength
        case .perPerson: self = .perPerson
        }
        try object.allow(["kind"])
    }

    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        switch self {
        case .lengths(let bins):
            try writer.write("kind", Kind.lengths.rawValue)
            try writer.write("bins", bins, unless: .usual)
        case .averageLength: try writer.write("kind", Kind.averageLength.rawValue)
        case .perPerson: try writer.write("kind", Kind.perPerson.rawValue)
        }
    }
}

extension SessionLengthBins: Codable {
    static let documentShape = "bins of lengths, such as {\"fromMs\":0,\"toMs\":600000,\"widthMs\":60000}"

    public init(from decoder: any Decoder) throws {
        let object = try DocumentObject(decoder, Self.documentShape, known: ["fromMs", "toMs", "widthMs"])
        func number(_ name: String) throws -> Int64 {
            try object.required(name, "a whole number of milliseconds, such as 60000")
        }
        let (first, last, width) = (try number("fromMs"), try number("toMs"), try number("widthMs"))
        guard let bins = SessionLengthBins(from: first, to: last, width: width) else {
            throw object.malformed("\(Self.documentShape): toMs comes after fromMs, and there are 1000 bins at most")
        }
        self = bins
    }

    /// Of other than the usual ones: those are what is not written.
    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        try writer.write("fromMs", edges[0])
        try writer.write("toMs", edges[count])
        try writer.write("widthMs", edges[1] - edges[0])
    }
}
