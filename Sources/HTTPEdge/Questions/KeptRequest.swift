import EventModel
public import JSONTape

/// A request to the Dashboard API that is kept: its path, and its parameters as they were written.
public struct KeptRequest: Sendable {
    /// Parameters that say what to answer with, not what is asked.
    public static let momentary = ["drill", "drillAfter", "drillLimit", "format"]

    public var path: String
    /// In the order in which they were sent; those that repeat follow on each other.
    public var fields: [(name: String, value: String)]

    /// - Parameter params: an object, whose members are texts or lists of texts.
    public init(_ path: String, _ params: JSONValue?) throws(Failure) {
        self.path = path
        fields = []
        guard let params, !params.isNull else { return }
        guard params.kind == .object else { throw Self.malformed }
        for (name, value) in params.members {
            for element in value.kind == .array ? Array(value.elements) : [value] {
                guard let text = PropertyValue(element).label else { throw Self.malformed }
                fields.append((name.string, text))
            }
        }
    }

    private static let malformed = Failure.member(
        "params",
        "must be an object of texts, or lists of texts, such as {\"m\":\"new\",\"start\":\"20261101\",\"end\":\"20261130\"}."
    )

    /// Reads what ``json`` wrote.
    public init?(json: String) {
        let request = try? JSONDocument.withRoot(of: Array(json.utf8)) { root in
            try root["path"]?.string.map { try KeptRequest($0, root["params"]) }
        }
        guard let request = request ?? nil else { return nil }
        self = request
    }

    /// `{"path":…,"params":{"e":["…","…"],"start":"…"}}`
    public var json: String {
        var json = JSONWriter()
        json.raw("{\"path\":")
        json.string(path)
        json.raw(",\"params\":{")
        var names: [String] = []
        for field in fields where !names.contains(field.name) { names.append(field.name) }
        for (index, name) in names.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(name)
            json.raw(":")
            let values = fields.filter { $0.name == name }.map(\.value)
            if values.count == 1 { json.string(values[0]) } else { json.list(values) { $0.string($1) } }
        }
        json.raw("}}")
        return json.text
    }

    public var parameters: SentParameters { SentParameters(fields) }
}
