import EventModel
import HTTPEdge
import JSONTape
import Storage

/// What a form says of a lookup table. Source: Documentation/lookups.md J1.
struct SentLookup {
    struct File {
        var bytes: [UInt8]
        var name: String
    }

    var name: String?
    var key: String?
    var property: LookupProperty?
    var file: File?

    /// Bytes of a form: a file, and what is said beside it.
    static let mostBytes = LookupRows.mostBytes + (64 << 10)

    /// Nothing.
    init() {}

    /// - Parameter contentType: of the request.
    init(_ body: [UInt8], contentType: String?) throws(LookupProblem) {
        let type = contentType ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else {
            throw LookupProblem(.input, "The request must be a form of type multipart/form-data, as curl -F sends it.")
        }
        let form = MultipartForm(body, contentType: type)
        name = form.text("name")
        key = form.text("key")
        if let text = form.text("property") { property = try Self.property(text) }
        // Any part that is a file: one of Amplitude's examples names it after the table.
        let files = form.parts.filter { $0.fileName != nil || $0.name == "file" }
        guard files.count < 2 else {
            throw LookupProblem(.fileCount, "There may be one file; there are \(files.count).", field: "file")
        }
        guard let part = files.first else { return }
        try Self.check(part)
        file = File(bytes: Array(body[part.range]), name: part.fileName ?? "")
    }

    private static func check(_ part: MultipartForm.Part) throws(LookupProblem) {
        let types = [
            "text/csv", "text/plain", "application/csv", "application/vnd.ms-excel", "application/octet-stream",
        ]
        let type = part.contentType.map { String($0.prefix { $0 != ";" }) }
        let name = (part.fileName ?? "").lowercased()
        let isCSV = name.hasSuffix(".csv") || name.hasSuffix(".txt")
        guard isCSV || type.map(types.contains) ?? true, !name.hasSuffix(".xlsx"), !name.hasSuffix(".xls") else {
            throw LookupProblem(.fileType, "The file must be CSV, of type text/csv.", field: "file")
        }
    }

    private static func property(_ text: String) throws(LookupProblem) -> LookupProperty {
        let example = #"property must be an object, such as {"value":"sku","type":"event"}"#
        let read = try? JSONDocument.withRoot(of: Array(text.utf8)) { root -> [String: String]? in
            guard root.kind == .object else { return nil }
            var members: [String: String] = [:]
            for (key, value) in root.members { if let text = value.string { members[key.string] = text } }
            return members
        }
        guard let members = read ?? nil, let value = members["value"], !value.isEmpty else {
            throw LookupProblem(.input, example, field: "property")
        }
        guard let kind = PlannedProperty.Kind(rawValue: members["type"] ?? "") else {
            throw LookupProblem(.input, "\(example); type is event, user or group", field: "property")
        }
        let group = members["groupType"].flatMap { $0.isEmpty ? nil : $0 }
        guard kind != .group || group != nil else {
            throw LookupProblem(
                .input,
                #"A property of groups needs groupType: {"value":"plan","type":"group","groupType":"company"}"#,
                field: "property"
            )
        }
        return LookupProperty(
            kind,
            ExactText(kind.name(from: value)),
            groupType: kind == .group ? group.map { ExactText($0) } : nil
        )
    }

    /// The name of a new table.
    static func check(name: String) throws(LookupProblem) {
        guard (1...255).contains(name.unicodeScalars.count), !name.unicodeScalars.contains("\0") else {
            throw LookupProblem(.name, "name must have 1 to 255 characters, such as name=products", field: "name")
        }
    }
}
