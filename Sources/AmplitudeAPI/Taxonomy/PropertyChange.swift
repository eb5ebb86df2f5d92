import HTTPEdge
import Patterns
import Storage

/// What a write to a property says; `nil` leaves a setting as it is. Source: Documentation/taxonomy.md X10.
struct PropertyChange: Equatable {
    var newName: String?
    /// Texts that may be empty, which takes the setting away.
    var description: String?
    var pattern: String?
    var type: PropertySettings.ValueType?
    var values: [String]?
    var classifications: [PropertySettings.Classification]?
    var isList: Bool?
    var isRequired: Bool?
    var isHidden: Bool?
    /// An extension, as of event types.
    var isBlocked: Bool?

    init() {}

    /// Reads the form of a `POST` or `PUT`.
    ///
    /// - Parameters:
    ///   - kind: of what; only properties of events can be required.
    ///   - mayRename: whether it may have another name: not what is made just now.
    init(parsing form: SentParameters, of kind: PlannedProperty.Kind, mayRename: Bool) throws(TaxonomyError) {
        if mayRename {
            newName = try form[kind.newNameField].map { text throws(TaxonomyError) in
                try EventTypeChange.name(text, kind.newNameField)
            }
        }
        description = try EventTypeChange.text(form, "description")
        pattern = try EventTypeChange.text(form, "regex")
        if let pattern { try Self.check(pattern) }
        type = try Self.type(form["type"])
        values = try EventTypeChange.list(form, "enum_values")
        classifications = try EventTypeChange.list(form, "classifications").map { words throws(TaxonomyError) in
            try words.map(Self.classification)
        }
        isList = try EventTypeChange.flag(form, "is_array_type")
        if kind == .event { isRequired = try EventTypeChange.flag(form, "is_required") }
        isHidden = try EventTypeChange.flag(form, "is_hidden")
        isBlocked = try EventTypeChange.flag(form, "is_blocked")
    }

    private static func type(_ text: String?) throws(TaxonomyError) -> PropertySettings.ValueType? {
        guard let text, !text.isEmpty else { return nil }
        guard let type = PropertySettings.ValueType(rawValue: text.lowercased()) else {
            let words = PropertySettings.ValueType.allCases.map(\.rawValue).joined(separator: ", ")
            throw .malformed("type must be one of \(words), such as type=string")
        }
        return type
    }

    private static func classification(_ word: String) throws(TaxonomyError) -> PropertySettings.Classification {
        guard let classification = PropertySettings.Classification(rawValue: word.uppercased()) else {
            let words = PropertySettings.Classification.allCases.map(\.rawValue).joined(separator: ", ")
            throw .malformed("classifications must be some of \(words), such as classifications=PII")
        }
        return classification
    }

    private static func check(_ pattern: String) throws(TaxonomyError) {
        if pattern.isEmpty { return }
        guard Pattern(pattern, isUnicode: true) != nil else {
            throw .malformed("regex must be a regular expression, such as regex=^[A-Z]{2}$")
        }
    }
}

extension PlannedProperty.Kind {
    /// As it stands in paths: `event-property`.
    var resource: String { "\(rawValue)-property" }
    /// As it stands in forms and answers: `event_property`.
    var field: String { "\(rawValue)_property" }
    var newNameField: String { "new_\(rawValue)_property_value" }
    /// The field that names the type to which alone a property belongs; people have none.
    var ownerField: String? {
        switch self {
        case .event: "event_type"
        case .user: nil
        case .group: "group_type"
        }
    }
    /// What stands in front of the names of a project's own properties.
    var prefix: String {
        switch self {
        case .event: ""
        case .user: "gp:"
        case .group: "grp:"
        }
    }

    /// A name as it is kept: the prefix is only how it is written, also twice.
    func name(from sent: String) -> String {
        var name = sent[...]
        while !prefix.isEmpty, name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
        return String(name)
    }
}
