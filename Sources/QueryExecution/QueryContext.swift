public import EventModel
public import QueryModel

/// What a question takes from its project beside the events.
public struct QueryContext: Sendable {
    /// In which days begin.
    public var zone: ProjectTimeZone
    public var now: Timestamp
    /// What a day of retention is.
    public var retentionDays: RetentionDays
    /// Event types that make nobody active.
    public var inactiveTypes: Set<ExactText>
    /// Event types that are left out of sessions.
    public var hiddenTypes: Set<ExactText>
    public var customEvents: [ExactText: CustomEvent]
    public var lookups: [Lookup]
    /// What a cohort is made of; `nil` if there is none of that id.
    public var cohort: @Sendable (_ id: String) async throws -> CohortSource?

    public init(
        zone: ProjectTimeZone,
        now: Timestamp,
        retentionDays: RetentionDays = .windows,
        inactiveTypes: Set<ExactText> = [],
        hiddenTypes: Set<ExactText> = [],
        customEvents: [ExactText: CustomEvent] = [:],
        lookups: [Lookup] = [],
        cohort: @escaping @Sendable (_ id: String) async throws -> CohortSource? = { _ in nil }
    ) {
        self.zone = zone
        self.now = now
        self.retentionDays = retentionDays
        self.inactiveTypes = inactiveTypes
        self.hiddenTypes = hiddenTypes
        self.customEvents = customEvents
        self.lookups = lookups
        self.cohort = cohort
    }

    /// The project's present day.
    public var today: CalendarDate { zone.date(of: now) }
}
