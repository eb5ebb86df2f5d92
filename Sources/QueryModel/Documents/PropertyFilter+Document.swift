import EventModel

/// `{"property":"event.amount","op":"greater","values":["10"]}`
extension PropertyFilter: Codable {
    static let documentMembers = ["property", "op", "values"]
    private static let shape = "a filter, such as {\"property\":\"country\",\"op\":\"is\",\"values\":[\"France\"]}"

    public init(from decoder: any Decoder) throws {
        self = try PropertyFilter(DocumentObject(decoder, Self.shape, known: Self.documentMembers))
    }

    init(_ object: DocumentObject) throws {
        let shape = "a list of texts, such as [\"10\"]; \"\(noValueLabel)\" is no value"
        let values = try object.required("values", shape, as: [String].self)
        guard !values.isEmpty else { throw object.malformed("values", shape) }
        self.init(
            property: try object.required("property", "a property, such as \"country\" or \"event.amount\""),
            operator: try object.requiredChoice("op", "how to compare, such as \"is\""),
            values: values.map { ExactText($0) }
        )
    }

    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        try write(to: &writer)
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write("property", property)
        try writer.write("op", `operator`.rawValue)
        try writer.write("values", values.map(\.string))
    }
}
