public import EventModel

/// All that a project says about its event types and properties, at one moment. A copy costs nothing.
public struct EventSettings: Equatable, Sendable {
    /// Of the types in the tracking plan; all others have the settings of ``EventTypeSettings/init()``.
    public var types: [ExactText: EventTypeSettings]
    /// The properties in the tracking plan; all others have the settings of ``PropertySettings/init()``.
    public var properties: [PlannedProperty: PropertySettings]
    /// The names of categories of event types.
    public var categories: [EventCategoryID: ExactText]
    /// The largest number that a category was given, also one that is gone.
    public var lastCategory: EventCategoryID
    /// JSON lists of events, each shaped like the parameter `e`, by name, without the `ce:`. Queries call
    /// it `ce:NAME`, which means any of these events. Source: Documentation/taxonomy.md X9.
    public var customEvents: [ExactText: ExactText]

    public init(
        types: [ExactText: EventTypeSettings] = [:],
        properties: [PlannedProperty: PropertySettings] = [:],
        categories: [EventCategoryID: ExactText] = [:],
        lastCategory: EventCategoryID = EventCategoryID(0),
        customEvents: [ExactText: ExactText] = [:]
    ) {
        self.types = types
        self.properties = properties
        self.categories = categories
        self.lastCategory = lastCategory
        self.customEvents = customEvents
    }

    public subscript(type: ExactText) -> EventTypeSettings { types[type] ?? EventTypeSettings() }

    /// Whether events of this type make somebody an active user. Source: Documentation/counting.md C10.
    public func isActive(_ type: ExactText) -> Bool {
        EventNames.isActivity(type.string) && self[type].isActive
    }

    /// Whether the type is left out of lists, and its events of the length of sessions.
    public func isHidden(_ type: ExactText) -> Bool { self[type].isHiddenFromDropdowns }
    public func isDeleted(_ type: ExactText) -> Bool { self[type].isDeleted }

    /// Whether events of this type count for the length of a session. Source: Documentation/sessions.md S3.
    public func countsForSessionLength(_ type: ExactText) -> Bool {
        isActive(type) && !isHidden(type) && !isDeleted(type)
    }
}
