/// What is measured: `{"kind":"uniques"}`, with what that kind needs beside it.
struct DocumentMeasure<Kind: RawRepresentable<String> & CaseIterable & Equatable>: Codable {
    var kind: Kind

    init(_ kind: Kind) {
        self.kind = kind
    }

    init(from decoder: any Decoder) throws {
        let object = try DocumentObject(decoder, "a measure, such as {\"kind\":\"\(Self.example)\"}", known: ["kind"])
        kind = try object.requiredChoice("kind", "what is measured, such as \"\(Self.example)\"")
    }

    func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        try writer.write("kind", kind.rawValue)
    }

    private static var example: String { Kind.allCases.first?.rawValue ?? "" }
}

extension DocumentObject {
    /// The member `measure`, of a question whose measures are nothing but their kind.
    func measure<Kind: RawRepresentable<String> & CaseIterable & Equatable>(standard: Kind) throws -> Kind {
        let shape = "what is measured, such as {\"kind\":\"\(standard.rawValue)\"}"
        return try value("measure", shape, as: DocumentMeasure<Kind>.self)?.kind ?? standard
    }
}

extension DocumentWriter {
    mutating func write<Kind: RawRepresentable<String> & CaseIterable & Equatable>(
        measure kind: Kind,
        unless standard: Kind
    ) throws {
        if kind != standard { try write("measure", DocumentMeasure(kind)) }
    }
}
