public import EventModel

/// What one group commit accepted: its events, and every name, person and property set that they were first to use.
///
/// The sequence of these is the project's truth: an ``EventStore`` is a pure function of it.
public struct JournalBatch: Sendable {
    public var sequence: JournalSequence
    /// When the server received the batch.
    public var receivedAt: Timestamp
    public var events: StoredEvents
    public var eventTypes: [Named<EventTypeID>]
    public var contexts: [Numbered<ContextID, EventContext>]
    /// Each value is a JSON object.
    public var propertySets: [Named<PropertySetID>]
    /// Large sets. The base of each is in an earlier batch, among the sets above, or in front of it here.
    public var propertyPatches: [PropertySetPatch] = []
    public var users: [UserFact]
    public var devices: [Named<DeviceKey>]
    public var merges: [Merge]
    public var propertyNames: [PropertyName]
    /// `nil` if all events are there that were committed.
    public var remainder: BatchRemainder?

    public init(
        sequence: JournalSequence = .none,
        receivedAt: Timestamp,
        events: StoredEvents = [],
        eventTypes: [Named<EventTypeID>] = [],
        contexts: [Numbered<ContextID, EventContext>] = [],
        propertySets: [Named<PropertySetID>] = [],
        users: [UserFact] = [],
        devices: [Named<DeviceKey>] = [],
        merges: [Merge] = [],
        propertyNames: [PropertyName] = []
    ) {
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.events = events
        self.eventTypes = eventTypes
        self.contexts = contexts
        self.propertySets = propertySets
        self.users = users
        self.devices = devices
        self.merges = merges
        self.propertyNames = propertyNames
    }

    /// How many events it had when it was committed.
    public var committedEvents: Int { remainder?.committed ?? events.count }

    /// The place that an event had among those that were committed.
    public func place(of index: Int) -> Int { remainder.map { Int($0.places[index]) } ?? index }

    /// Bytes of memory, more or less.
    public var size: Int {
        var bytes = events.size
        // Whoever stores a set needs all of its text.
        for patch in propertyPatches { bytes += 40 + patch.bytes.count + patch.textSize }
        for set in propertySets { bytes += 24 + set.value.utf8.count }
        // Names and people have a few dozen bytes each.
        bytes += 100 * (users.count + devices.count + merges.count + propertyNames.count + eventTypes.count)
        return bytes + 500 * contexts.count
    }
}
