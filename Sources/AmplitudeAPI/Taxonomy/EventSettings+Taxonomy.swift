import EventModel
import Storage

/// Where an event type stands. Source: Documentation/taxonomy.md X2.
enum TrackingState {
    /// In the tracking plan, and received.
    case live
    /// Received, and not in the plan.
    case unexpected
    /// In the plan, and never received.
    case planned
    case deleted
    case unknown
}

/// What the Taxonomy API does to a project's settings: pure, so that every rule is a value in and a value out.
extension EventSettings {
    /// The most that a project may have of each, so that they fit in memory.
    private static let mostTypes = 20_000
    private static let mostCategories = 2_000

    /// - Parameter isReceived: whether an event of the type was ever stored.
    func state(of type: ExactText, isReceived: Bool) -> TrackingState {
        // Identifies are no event types to anybody but the server.
        guard EventNames.isActivity(type.string) else { return .unknown }
        guard let settings = types[type] else { return isReceived ? .unexpected : .unknown }
        return settings.isDeleted ? .deleted : isReceived ? .live : .planned
    }

    // MARK: Event types

    mutating func create(_ type: ExactText, _ change: EventTypeChange, isReceived: Bool) throws(TaxonomyError) {
        switch state(of: type, isReceived: isReceived) {
        case .unknown, .unexpected: break
        case .live, .planned, .deleted: throw Self.exists(type)
        }
        guard EventNames.isActivity(type.string) else {
            throw .conflict("\"\(type.string)\" has a meaning of its own and cannot be an event type.")
        }
        guard types.count < Self.mostTypes else {
            throw .conflict("The tracking plan is full: it holds \(Self.mostTypes) event types at most.")
        }
        types[type] = try settings(of: type, after: change, isReceived: isReceived)
    }

    mutating func update(
        _ type: ExactText,
        _ change: EventTypeChange,
        isReceived: Bool,
        isNewNameReceived: Bool
    ) throws(TaxonomyError) {
        let state = state(of: type, isReceived: isReceived)
        if state == .unknown || state == .deleted { throw Self.missing(type) }
        guard types[type] != nil || types.count < Self.mostTypes else {
            throw .conflict("The tracking plan is full: it holds \(Self.mostTypes) event types at most.")
        }
        let settings = try settings(of: type, after: change, isReceived: isReceived)
        let name = change.newName.map { ExactText($0) } ?? type
        if name != type {
            guard state == .planned else {
                throw .conflict(
                    "Attempted to rename an event, \"\(type.string)\", that was already received;"
                        + " set its display_name instead."
                )
            }
            guard self.state(of: name, isReceived: isNewNameReceived) == .unknown, EventNames.isActivity(name.string)
            else { throw Self.exists(name) }
            types[type] = nil
        }
        types[name] = settings
    }

    mutating func delete(_ type: ExactText, isReceived: Bool) throws(TaxonomyError) {
        switch state(of: type, isReceived: isReceived) {
        case .live, .unexpected: types[type, default: EventTypeSettings()].isDeleted = true
        case .planned: types[type] = nil
        case .deleted: throw .conflict("Attempted to remove an event, \"\(type.string)\", that is already deleted.")
        case .unknown: throw Self.missing(type)
        }
    }

    mutating func restore(_ type: ExactText) throws(TaxonomyError) {
        guard types[type]?.isDeleted == true else { throw .conflict("Not found") }
        types[type]?.isDeleted = false
    }

    private func settings(
        of type: ExactText,
        after change: EventTypeChange,
        isReceived: Bool
    ) throws(TaxonomyError) -> EventTypeSettings {
        var settings = self[type]
        if let name = change.category { settings.category = try category(named: name) }
        if let name = change.displayName {
            guard isReceived else {
                throw .conflict(
                    "Attempted to change the event display name for event \"\(type.string)\","
                        + " but the event is not in schema."
                )
            }
            settings.displayName = Self.filled(name)
        }
        if let text = change.description { settings.description = Self.filled(text) }
        if let text = change.owner { settings.owner = Self.filled(text) }
        settings.tags = change.tags ?? settings.tags
        settings.isActive = change.isActive ?? settings.isActive
        settings.isHiddenFromDropdowns = change.isHiddenFromDropdowns ?? settings.isHiddenFromDropdowns
        settings.isHiddenFromPersonaResults = change.isHiddenFromPersonaResults ?? settings.isHiddenFromPersonaResults
        settings.isHiddenFromPathfinder = change.isHiddenFromPathfinder ?? settings.isHiddenFromPathfinder
        settings.isHiddenFromTimeline = change.isHiddenFromTimeline ?? settings.isHiddenFromTimeline
        settings.isBlocked = change.isBlocked ?? settings.isBlocked
        return settings
    }

    /// An empty text takes a setting away.
    private static func filled(_ text: String) -> String? { text.isEmpty ? nil : text }

    private static func exists(_ type: ExactText) -> TaxonomyError {
        .conflict("Attempted to add an event, \"\(type.string)\", that already exists.")
    }

    private static func missing(_ type: ExactText) -> TaxonomyError {
        .conflict("Attempted to operate on entity event_type, \"\(type.string)\", that does not exist.")
    }

    // MARK: Categories

    mutating func createCategory(named name: String) throws(TaxonomyError) {
        try checkFree(name)
        guard categories.count < Self.mostCategories else {
            throw .conflict("There are \(Self.mostCategories) event categories, and no more are possible.")
        }
        lastCategory.number += 1
        categories[lastCategory] = ExactText(name)
    }

    /// - Parameter id: as the path has it.
    mutating func renameCategory(_ id: String, to name: String) throws(TaxonomyError) {
        let known = try category(id)
        if categories[known] != ExactText(name) { try checkFree(name) }
        categories[known] = ExactText(name)
    }

    mutating func deleteCategory(_ id: String) throws(TaxonomyError) {
        let known = try category(id)
        categories[known] = nil
        for type in types.keys where types[type]?.category == known { types[type]?.category = nil }
    }

    /// `nil` for the empty name, which is no category.
    private func category(named name: String) throws(TaxonomyError) -> EventCategoryID? {
        if name.isEmpty { return nil }
        guard let known = categories.first(where: { $0.value == ExactText(name) }) else {
            throw .conflict("Attempted to operate on entity event_category, \"\(name)\", that does not exist.")
        }
        return known.key
    }

    private func category(_ id: String) throws(TaxonomyError) -> EventCategoryID {
        guard let known = Int64(id).map({ EventCategoryID($0) }), categories[known] != nil else {
            throw .conflict("Attempted to operate on entity event_category, id \"\(id)\", that does not exist.")
        }
        return known
    }

    private func checkFree(_ name: String) throws(TaxonomyError) {
        if categories.values.contains(ExactText(name)) {
            throw .conflict("Attempted to add an event category, \"\(name)\", that already exists.")
        }
    }
}
