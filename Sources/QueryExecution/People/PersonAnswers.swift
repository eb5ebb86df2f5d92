public import EventModel
public import Storage

/// Who fits what was searched for. Source: Documentation/people.md P1 to P3.
public struct PersonSearchAnswer: Sendable {
    /// What fitted.
    public enum Kind: Sendable { case amplitudeID, userOrDeviceID, userPrefix, nothing }

    public struct Match: Equatable, Sendable {
        public var amplitudeID: AmplitudeID
        public var userID: String?
        public var lastDeviceID: String?
        public var platform: String?
        public var country: String?
        /// Of the last event, in the project's zone.
        public var lastSeen: CalendarDate?
    }

    public var kind: Kind
    /// The last seen first, then by user id, then by number.
    public var matches: [Match]
}

/// A person, and some of the events. Source: Documentation/people.md P4 to P6.
public struct PersonActivityAnswer: Sendable {
    /// `nil` if nobody has that number.
    public var person: PersonProfile?
    public var events: [ResolvedEvent]
    /// For each user key of `events`: its first event.
    public var firstSeen: [UserKey: Timestamp]
}

/// All that is known of a person at this moment.
public struct PersonProfile: Sendable {
    public var amplitudeID: AmplitudeID
    public var userID: String?
    /// Those whose events count as this person's, beside its own, ascending.
    public var merged: [AmplitudeID]
    public var activity: PersonActivity
    /// In the project's zone.
    public var firstUsed: CalendarDate?
    public var lastUsed: CalendarDate?
    public var context: EventContext
    public var properties: [PropertyMember]
}

/// An event type that has occurred. Source: Documentation/taxonomy.md X8.
public struct ListedEventType: Sendable {
    public var id: EventTypeID
    public var name: String
    public var settings: EventTypeSettings
    /// Events in the current calendar week.
    public var total: Int
    /// Events in the week before, up to the same moment of the week.
    public var totalWeekBefore: Int
}

/// Who somebody is at this moment, for an application to adapt to. Source: Documentation/people.md P10.
public struct PersonNow: Sendable {
    public var names: PersonNames
    /// Those whose events count as this person's.
    public var keys: [UserKey]
    /// In the project's zone.
    public var firstUsed: CalendarDate?
    public var lastUsed: CalendarDate?
    public var context: EventContext
    public var properties: [PropertyMember]
}

/// Who was said to be the same as a user. Source: Documentation/people.md P11.
public struct PersonMappings: Sendable {
    /// Those who count as this user.
    public var from: [PersonNames]
    /// Whom this user counts as: one or none.
    public var to: [PersonNames]
}
