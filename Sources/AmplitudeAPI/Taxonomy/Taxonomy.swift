import EventModel
import HTTPEdge
import Storage

// What the endpoints of the Taxonomy API have in common: writes are forms, all answers are JSON with `success`.
// Source: Documentation/taxonomy.md X1 to X12.

extension Endpoint {
    /// - Parameter answer: gets the settings and all names that were received, and writes `data`.
    static func taxonomyRead(
        at path: String,
        _ summary: String,
        parameters: [Parameter] = [],
        _ answer:
            @escaping @Sendable (EventSettings, ReceivedNames, SentParameters, inout JSONWriter) throws(TaxonomyError)
            -> Void
    ) -> Endpoint {
        Endpoint(.get, at: "/api/2/taxonomy/\(path)", summary, parameters: parameters, access: .viewer) { call in
            let project = try call.project
            return try await project.limits.taxonomy(cost: 1) {
                let (settings, received) = try await project.withRecord { record in
                    (try record.eventSettings(), try ReceivedNames(record))
                }
                var json = JSONWriter()
                json.raw("{\"success\":true,\"data\":")
                try answer(settings, received, call.parameters, &json)
                json.raw("}")
                return .json(json)
            }
        }
    }

    /// - Parameter change: gets the settings, the form and all names that were received. If it throws, nothing has changed.
    static func taxonomyWrite(
        _ method: Method,
        at path: String,
        _ summary: String,
        parameters: [Parameter],
        _ change:
            @escaping @Sendable (inout EventSettings, SentParameters, ReceivedNames) throws(TaxonomyError) -> Void
    ) -> Endpoint {
        Endpoint(method, at: "/api/2/taxonomy/\(path)", summary, parameters: parameters, access: .editor) { call in
            let project = try call.project
            return try await project.limits.taxonomy(cost: 2) {
                let form = try await call.taxonomyForm()
                let received = try await project.withRecord { try ReceivedNames($0) }
                try await project.changeSettings { settings in try change(&settings, form, received) }
                return .json("{\"success\":true}")
            }
        }
    }
}

extension SentParameters {
    /// A name that must be there.
    func name(_ field: String) throws(TaxonomyError) -> String {
        guard let name = self[field], !name.isEmpty else { throw .malformed("\(field) is required") }
        return try EventTypeChange.name(name, field)
    }
}

extension Call {
    private static let mostBytes = 64 << 10

    fileprivate func taxonomyForm() async throws -> SentParameters {
        do throws(RequestBodyError) {
            return try await form(limit: Self.mostBytes).fields
        } catch {
            var failure = Failure(error)
            if failure.kind != .unsupportedCoding {
                failure.sentence = "The form must be readable, and have \(Self.mostBytes) bytes at most."
            }
            throw failure
        }
    }
}

/// What came, ever: event types, and properties of events and people.
struct ReceivedNames {
    var types: Set<ExactText>
    private var properties: Set<PropertyName>
    /// Columns of lookup tables, which nobody can send.
    private var derived: [PlannedProperty]

    init(_ record: any ProjectRecord) throws(ProjectRecordError) {
        types = Set(try record.eventTypeNames().map { ExactText($0.value) })
        properties = Set(try record.propertyNames())
        derived = try record.lookupTables().flatMap { table in
            table.derived.map { PlannedProperty(table.property.kind, $0) }
        }
    }

    func contains(_ type: ExactText) -> Bool { types.contains(type) }

    /// Whether a property of that name came: of which event type, nobody notes.
    func contains(_ property: PlannedProperty) -> Bool {
        guard let kind = PropertyName.Kind(property.kind) else { return false }
        return properties.contains(PropertyName(kind, property.name.string))
    }

    func properties(of kind: PlannedProperty.Kind) -> [PlannedProperty] {
        properties.filter { PropertyName.Kind(kind) == $0.kind }.map { PlannedProperty(kind, $0.name) }
            + derived.filter { $0.kind == kind }
    }
}

extension PropertyName.Kind {
    /// `nil` of groups: nobody notes which properties they have.
    fileprivate init?(_ kind: PlannedProperty.Kind) {
        switch kind {
        case .event: self = .event
        case .user: self = .user
        case .group: return nil
        }
    }
}

extension Parameter {
    static let showDeleted = Parameter(
        "showDeleted",
        .flag,
        "Whether deleted ones are told, too.",
        standard: "false",
        example: "true"
    )
}

extension SentParameters {
    var asksForDeleted: Bool { isTrue("showDeleted") }
}
