import EventModel
import HTTPEdge
import Storage

// Properties of events, people and groups in the tracking plan: three resources of one form.
// Source: Documentation/taxonomy.md X10 to X12.

extension [Endpoint] {
    static let plannedProperties = PlannedProperty.Kind.allCases.flatMap { kind -> [Endpoint] in
        let (path, one) = (kind.resource, "\(kind.resource)/{property}")
        return [
            .taxonomyWrite(
                .post,
                at: path,
                "Plans a property of \(kind.owners).",
                parameters: [.name(of: kind).required] + .change(of: kind)
            ) { settings, form, received throws(TaxonomyError) in
                let property = try form.property(of: kind, named: form.name(kind.field))
                let change = try PropertyChange(parsing: form, of: kind, mayRename: false)
                try settings.create(property, change, isReceived: received.contains(property))
            },
            .taxonomyRead(
                at: path,
                "All properties of \(kind.owners): those in the plan, and those that were received.",
                parameters: [.name(of: kind, in: .query)] + .owner(of: kind, in: .query) + [.showDeleted]
            ) { settings, received, sent, json throws(TaxonomyError) in
                let known = settings.knownProperties(
                    of: kind,
                    owner: sent.owner(of: kind),
                    received,
                    deleted: sent.asksForDeleted
                )
                if let name = sent.nonEmpty(kind.field) {
                    let wanted = ExactText(kind.name(from: name))
                    guard let found = known.first(where: { $0.name == wanted }) else { throw .notFound }
                    json.property(found, settings)
                } else {
                    json.list(known) { $0.property($1, settings) }
                }
            },
            .taxonomyRead(
                at: one,
                "One property of \(kind.owners).",
                parameters: [.property(of: kind)] + .owner(of: kind, in: .query) + [.showDeleted]
            ) { settings, received, sent, json throws(TaxonomyError) in
                let property = try sent.property(of: kind, named: sent.part("property").string)
                let known = settings.knownProperties(
                    of: kind,
                    owner: property.owner,
                    received,
                    deleted: sent.asksForDeleted
                )
                guard known.contains(property) else { throw .notFound }
                json.property(property, settings)
            },
            .taxonomyWrite(
                .put,
                at: one,
                "Changes what is said of a property of \(kind.owners).",
                parameters: [.property(of: kind), .newName(of: kind)] + .change(of: kind)
            ) { settings, form, received throws(TaxonomyError) in
                let property = try form.property(of: kind, named: form.part("property").string)
                let change = try PropertyChange(parsing: form, of: kind, mayRename: true)
                var renamed = property
                if let name = change.newName { renamed.name = ExactText(kind.name(from: name)) }
                try settings.update(
                    property,
                    change,
                    isReceived: received.contains(property),
                    isNewNameReceived: received.contains(renamed)
                )
            },
            .taxonomyWrite(
                .delete,
                at: one,
                "Takes a property of \(kind.owners) out of the plan; what comes of a received one is dropped then.",
                parameters: [.property(of: kind)] + .owner(of: kind, in: .form)
            ) { settings, form, received throws(TaxonomyError) in
                let property = try form.property(of: kind, named: form.part("property").string)
                try settings.delete(property, isReceived: received.contains(property))
            },
            .taxonomyWrite(
                .post,
                at: "\(one)/restore",
                "Brings a deleted property of \(kind.owners) back.",
                parameters: [.property(of: kind)] + .owner(of: kind, in: .form)
            ) { settings, form, _ throws(TaxonomyError) in
                try settings.restore(form.property(of: kind, named: form.part("property").string))
            },
        ]
    }
}

extension PlannedProperty.Kind {
    fileprivate var owners: String {
        switch self {
        case .event: "events"
        case .user: "users"
        case .group: "groups"
        }
    }

    /// What Amplitude lists behind a project's own properties.
    fileprivate var builtIn: [String] {
        switch self {
        case .event: []
        case .user:
            [
                "library", "amplitude_id", "event_id", "session_id", "user_id", "device_id", "location_lat",
                "location_lng", "server_upload_time", "_time",
            ]
        case .group: ["group_id"]
        }
    }
}

extension SentParameters {
    fileprivate func owner(of kind: PlannedProperty.Kind) -> ExactText? {
        kind.ownerField.flatMap { nonEmpty($0) }.map { ExactText($0) }
    }

    fileprivate func property(
        of kind: PlannedProperty.Kind,
        named sent: String
    ) throws(TaxonomyError) -> PlannedProperty {
        let name = try EventTypeChange.name(kind.name(from: sent), kind.field)
        return PlannedProperty(kind, of: owner(of: kind), ExactText(name))
    }
}

extension EventSettings {
    /// Those in the plan and those that were received, by name; without an owner those of all, of one type those of that.
    fileprivate func knownProperties(
        of kind: PlannedProperty.Kind,
        owner: ExactText?,
        _ received: ReceivedNames,
        deleted: Bool
    ) -> [PlannedProperty] {
        var known = Set(properties.keys.filter { $0.kind == kind && (owner == nil || $0.owner == owner) })
        if owner == nil { known.formUnion(received.properties(of: kind)) }
        return known.filter { deleted || properties[$0]?.isDeleted != true }.sorted()
            + (owner == nil
                ? kind.builtIn.map { PlannedProperty(kind, ExactText($0)) }.filter { !known.contains($0) } : [])
    }
}

extension JSONWriter {
    /// Keys in the order in which Amplitude was recorded to send them.
    fileprivate mutating func property(_ property: PlannedProperty, _ all: EventSettings) {
        let settings = all.properties[property] ?? PropertySettings()
        let isBuiltIn = property.kind.builtIn.contains(property.name.string)
        raw("{\"")
        if let owner = property.kind.ownerField {
            raw(owner)
            raw("\":")
            string(property.owner?.string)
            raw(",\"")
        }
        raw(property.kind.field)
        raw("\":")
        string((isBuiltIn ? "" : property.kind.prefix) + property.name.string)
        key("description")
        // Recorded: the one that is built in has none.
        if isBuiltIn, property.kind == .group { raw("null") } else { string(settings.description ?? "") }
        member("type", settings.type.rawValue)
        key("enum_values")
        if let values = settings.values { list(values) { $0.string($1) } } else { raw("null") }
        member("regex", settings.pattern)
        flag("is_array_type", settings.isList)
        if property.kind == .event { flag("is_required", settings.isRequired) }
        flag("is_hidden", settings.isHidden)
        key("classifications")
        list(settings.classifications) { $0.string($1.rawValue) }
        if property.kind == .user { flag("deleted", settings.isDeleted) }
        // Amplitude's replies have no such field, so it is there only where it says something.
        if settings.isBlocked { flag("is_blocked", true) }
        raw("}")
    }
}

extension Parameter {
    fileprivate static func name(of kind: PlannedProperty.Kind, in place: Place = .form) -> Parameter {
        Parameter(
            kind.field,
            .text,
            in: place,
            place == .form ? "Its name." : "Only the one of this name.",
            example: "\(kind.prefix)color"
        )
    }

    fileprivate static func newName(of kind: PlannedProperty.Kind) -> Parameter {
        Parameter(kind.newNameField, .text, in: .form, "Another name, of one not received.", example: "colour")
    }

    fileprivate static func property(of kind: PlannedProperty.Kind) -> Parameter {
        Parameter("property", .text, in: .path, "Its name.", example: "\(kind.prefix)color")
    }
}

extension [Parameter] {
    fileprivate static func owner(of kind: PlannedProperty.Kind, in place: Parameter.Place) -> [Parameter] {
        guard let field = kind.ownerField else { return [] }
        let sentence =
            kind == .event
            ? "The event type to which alone it belongs; without it, it is that of all events."
            : "The type of group to which alone it belongs; without it, it is that of all groups."
        return [Parameter(field, .text, in: place, sentence, example: kind == .event ? "Play" : "company")]
    }

    /// What ``PropertyChange`` reads, but for a new name.
    fileprivate static func change(of kind: PlannedProperty.Kind) -> [Parameter] {
        owner(of: kind, in: .form) + [
            Parameter("description", .text, in: .form, "What it means; empty for nothing.", example: "Of the button."),
            Parameter(
                "type",
                .choice(PropertySettings.ValueType.allCases.map(\.rawValue)),
                in: .form,
                "What its values are.",
                standard: "any",
                example: "string"
            ),
            Parameter("regex", .text, in: .form, "What a text must match; empty for anything.", example: "^[a-z]+$"),
            Parameter(
                "enum_values",
                .text,
                in: .form,
                "All values that it may have, of type enum.",
                example: "red,green"
            ),
            Parameter(
                "classifications",
                .text,
                in: .form,
                "Of what sort it is: some of PII, SENSITIVE, REVENUE, with commas between them.",
                example: "PII"
            ),
            Parameter("is_array_type", .flag, in: .form, "Whether its values are lists.", example: "false"),
        ]
            + (kind == .event
                ? [Parameter("is_required", .flag, in: .form, "Whether each event must have it.", example: "false")]
                : [])
            + [
                Parameter("is_hidden", .flag, in: .form, "Kept, and told back.", example: "false"),
                Parameter(
                    "is_blocked",
                    .flag,
                    in: .form,
                    "Whether what comes of it is dropped. Ours alone.",
                    example: "false"
                ),
            ]
    }
}
