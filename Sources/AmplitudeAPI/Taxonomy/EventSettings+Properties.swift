import EventModel
import Storage

/// What the Taxonomy API does to properties: as to event types, see ``TrackingState``.
/// Source: Documentation/taxonomy.md X10, X11.
extension EventSettings {
    /// The most that a project may have, so that they fit in memory.
    private static let mostProperties = 20_000

    /// - Parameter isReceived: whether a property of that name ever came.
    func state(of property: PlannedProperty, isReceived: Bool) -> TrackingState {
        guard let settings = properties[property] else {
            // What came is anybody's; of one event type it is only once that is said.
            return isReceived && property.owner == nil ? .unexpected : .unknown
        }
        return settings.isDeleted ? .deleted : isReceived ? .live : .planned
    }

    mutating func create(
        _ property: PlannedProperty,
        _ change: PropertyChange,
        isReceived: Bool
    ) throws(TaxonomyError) {
        switch state(of: property, isReceived: isReceived) {
        case .unknown, .unexpected: break
        case .live, .planned, .deleted: throw Self.exists(property)
        }
        try checkRoom(for: property)
        properties[property] = try settings(of: property, after: change)
    }

    /// - Parameter isNewNameReceived: whether a property of the new name ever came.
    mutating func update(
        _ property: PlannedProperty,
        _ change: PropertyChange,
        isReceived: Bool,
        isNewNameReceived: Bool
    ) throws(TaxonomyError) {
        let state = state(of: property, isReceived: isReceived)
        if state == .unknown || state == .deleted { throw Self.missing(property) }
        try checkRoom(for: property)
        let settings = try settings(of: property, after: change)
        var renamed = property
        if let name = change.newName { renamed.name = ExactText(property.kind.name(from: name)) }
        if renamed != property {
            guard state == .planned else {
                throw .conflict(
                    "Attempted to rename a property, \"\(property.name.string)\", that was already received."
                )
            }
            guard self.state(of: renamed, isReceived: isNewNameReceived) == .unknown else { throw Self.exists(renamed) }
            properties[property] = nil
        }
        properties[renamed] = settings
    }

    mutating func delete(_ property: PlannedProperty, isReceived: Bool) throws(TaxonomyError) {
        switch state(of: property, isReceived: isReceived) {
        case .live, .unexpected:
            try checkRoom(for: property)
            properties[property, default: PropertySettings()].isDeleted = true
        case .planned: properties[property] = nil
        case .deleted:
            throw .conflict("Attempted to remove a property, \"\(property.name.string)\", that is already deleted.")
        case .unknown: throw Self.missing(property)
        }
    }

    mutating func restore(_ property: PlannedProperty) throws(TaxonomyError) {
        guard properties[property]?.isDeleted == true else { throw .conflict("Not found") }
        properties[property]?.isDeleted = false
    }

    private func settings(
        of property: PlannedProperty,
        after change: PropertyChange
    ) throws(TaxonomyError) -> PropertySettings {
        var settings = properties[property] ?? PropertySettings()
        if let text = change.description { settings.description = text.isEmpty ? nil : text }
        if let text = change.pattern { settings.pattern = text.isEmpty ? nil : text }
        settings.type = change.type ?? settings.type
        if let values = change.values { settings.values = values.isEmpty ? nil : values }
        settings.classifications = change.classifications ?? settings.classifications
        settings.isList = change.isList ?? settings.isList
        settings.isRequired = change.isRequired ?? settings.isRequired
        settings.isHidden = change.isHidden ?? settings.isHidden
        settings.isBlocked = change.isBlocked ?? settings.isBlocked
        if settings.type == .enum, settings.values == nil {
            throw .malformed("enum_values is required with type=enum, such as enum_values=red,green")
        }
        if settings.type != .enum, change.values?.isEmpty == false {
            throw .malformed("enum_values takes type=enum, such as type=enum&enum_values=red,green")
        }
        return settings
    }

    private func checkRoom(for property: PlannedProperty) throws(TaxonomyError) {
        guard properties[property] != nil || properties.count < Self.mostProperties else {
            throw .conflict("The tracking plan is full: it holds \(Self.mostProperties) properties at most.")
        }
    }

    private static func exists(_ property: PlannedProperty) -> TaxonomyError {
        .conflict(
            "Attempted to add a property, \"\(property.kind.prefix)\(property.name.string)\", that already exists."
        )
    }

    private static func missing(_ property: PlannedProperty) -> TaxonomyError {
        let name = "\(property.kind.prefix)\(property.name.string)"
        return .conflict("Attempted to operate on entity \(property.kind.field), \"\(name)\", that does not exist.")
    }
}
