import EventModel
import Storage

/// Turns checked events into stored ones: dedupe, identity, property snapshot, and numbers for names.
///
/// Gathers what one transaction is to commit. After a commit that failed it must be thrown away, as its memory.
struct BatchResolver {
    private var memory: RecordMemory
    private var dedupe: DedupeWindow
    private var events: [StoredEvent] = []
    private var fingerprints: [Fingerprint] = []
    private var ledger = LedgerCounts()
    /// Events of these types are dropped: their sender gets a 200, the ledger counts them as rejected.
    var droppedTypes: Set<ExactText> = []

    init(_ record: any ProjectRecord, now: Timestamp) throws(ProjectRecordError) {
        memory = try RecordMemory(record)
        dedupe = DedupeWindow()
        let since = Timestamp(milliseconds: now.milliseconds - Fingerprint.windowMs)
        for batch in try record.fingerprints(since: since) {
            for fingerprint in batch.fingerprints { dedupe.insert(fingerprint, at: batch.receivedAt) }
        }
    }

    /// Adds a request's events to the change.
    mutating func add(_ batch: IncomingBatch, receivedAt: Timestamp) throws(ProjectRecordError) {
        for mapping in batch.mappings { try map(mapping, at: receivedAt) }
        let uploadTime = batch.uploadTime ?? receivedAt
        for event in batch.events {
            ledger.received += 1
            if isDropped(event) {
                ledger.rejected += 1
            } else if isDuplicate(event, receivedAt) {
                ledger.duplicate += 1
            } else {
                try add(event, uploadTime: uploadTime, receivedAt: receivedAt)
                ledger.stored += 1
            }
        }
    }

    /// What all requests since the last call have changed.
    mutating func takeChange(receivedAt: Timestamp) -> RecordChange {
        dedupe.forget(before: receivedAt)
        defer {
            events = []
            fingerprints = []
            ledger = LedgerCounts()
        }
        return memory.takeChange(
            receivedAt: receivedAt,
            events: events,
            fingerprints: fingerprints,
            ledger: ledger
        )
    }

    // MARK: One event

    /// Before anything else is known of it: a dropped event leaves no trace, not even of its `insert_id`.
    private func isDropped(_ event: IncomingEvent) -> Bool {
        !droppedTypes.isEmpty && droppedTypes.contains(ExactText(event.type))
    }

    private mutating func isDuplicate(_ event: IncomingEvent, _ receivedAt: Timestamp) -> Bool {
        guard let insertID = event.insertID else { return false }
        let fingerprint = Fingerprint(deviceID: Self.deviceID(of: event), insertID: insertID)
        if dedupe.contains(fingerprint, at: receivedAt) { return true }
        dedupe.insert(fingerprint, at: receivedAt)
        fingerprints.append(fingerprint)
        return false
    }

    private mutating func add(
        _ event: IncomingEvent,
        uploadTime: Timestamp,
        receivedAt: Timestamp
    ) throws(ProjectRecordError) {
        let clientTime = event.time ?? receivedAt
        let time = Self.serverTime(clientTime, uploadTime: uploadTime, receivedAt: receivedAt)
        if event.type == EventNames.groupIdentify {
            for group in event.groups { try memory.identify(group, event.groupProperties) }
        }
        let (user, device) = try resolve(event, at: time)
        let snapshot = try snapshot(of: event, user)
        memory.note(eventProperties: event.eventPropertyNames, event.eventPropertyNamesFingerprint)
        events.append(
            StoredEvent(
                user: user,
                device: device,
                carriesUserID: event.userID != nil,
                type: try memory.eventType(named: event.type),
                time: time,
                clientTime: clientTime,
                uploadTime: uploadTime,
                sessionID: event.sessionID,
                eventID: event.eventID,
                insertID: event.insertID,
                context: snapshot.context,
                userProperties: snapshot.properties,
                eventProperties: event.eventProperties,
                revenue: event.revenue,
                extras: event.extras
            )
        )
    }

    /// The person's context and properties at the event, with what the event itself changes about them.
    private mutating func snapshot(
        of event: IncomingEvent,
        _ user: UserKey
    ) throws(ProjectRecordError) -> (context: ContextID, properties: PropertySetID) {
        if event.skipsUserProperties || user == .nobody {
            var context = EventContext()
            context.update(from: event.context, isRevenue: event.revenue != nil)
            var properties = UserProperties()
            properties.identify(event.userProperties)
            return (try memory.number(of: context), try memory.number(of: properties))
        }
        let contextID = try memory.updateContext(
            of: user,
            from: event.context,
            event.contextFingerprint,
            isRevenue: event.revenue != nil
        )
        if !event.userProperties.isEmpty {
            var properties = try memory.properties(of: user)
            properties.identify(event.userProperties)
            try memory.setProperties(properties, of: user)
        }
        return (contextID, try memory.state(of: user).properties)
    }

    /// Finds or makes the person and the device of an event. Source: reference/ingest.md §9.
    private mutating func resolve(
        _ event: IncomingEvent,
        at time: Timestamp
    ) throws(ProjectRecordError) -> (UserKey, DeviceKey) {
        if event.userID == nil, event.deviceID == nil { return (.nobody, .none) }
        let deviceID = Self.deviceID(of: event)
        let userIDState: UserIDState
        if let userID = event.userID {
            userIDState = try memory.user(withID: userID).map { .known($0) } ?? .unknown
        } else {
            userIDState = .absent
        }
        let device = try memory.device(withID: deviceID)
        var transition = IdentityTransition(userID: userIDState, device: device)
        if case .merge(_, let known) = transition, try memory.isFull(known) { transition = .existing(known) }
        let user: UserKey
        switch transition {
        case .createUser:
            user = memory.createUser(userID: event.userID)
        case .existing(let known):
            user = known
        case .claim(let anonymous):
            user = anonymous
            _ = try memory.state(of: anonymous)
            if let userID = event.userID { memory.name(anonymous, userID) }
        case .merge(let anonymous, let known):
            user = known
            memory.merge(Merge(from: anonymous, into: known, time: time, cause: .login))
        }
        // An event without user_id leaves a device as it is: whoever it stands for, it stands for still.
        let isUnclaimed = event.userID == nil && (device?.isUnclaimed ?? true)
        if let device, device.user == user, device.isUnclaimed == isUnclaimed { return (user, device.key) }
        return (user, memory.link(deviceID: deviceID, to: user, isUnclaimed: isUnclaimed))
    }

    // MARK: Mapping one user to another

    /// The latest word holds: a mapping that would close a circle takes back the one that it contradicts.
    private mutating func map(_ mapping: UserMapping, at time: Timestamp) throws(ProjectRecordError) {
        let user = try user(mapping.userID)
        guard let globalID = mapping.globalUserID else {
            if try memory.mergeTarget(of: user) != nil { unmap(user, at: time) }
            return
        }
        let global = try self.user(globalID)
        if user == global { return }
        var step = global
        while let next = try memory.mergeTarget(of: step) {
            if next == user {
                unmap(step, at: time)
                break
            }
            step = next
        }
        memory.merge(Merge(from: user, into: global, time: time, cause: .mapping))
    }

    private mutating func unmap(_ user: UserKey, at time: Timestamp) {
        memory.merge(Merge(from: user, into: user, time: time, cause: .unmapping))
    }

    private mutating func user(_ userID: String) throws(ProjectRecordError) -> UserKey {
        if let known = try memory.user(withID: userID) { return known }
        return memory.createUser(userID: userID)
    }

    private static func deviceID(of event: IncomingEvent) -> String {
        event.deviceID ?? derivedDeviceID(userID: event.userID ?? "")
    }

    /// Corrects the sender's clock by what it is off, if that is over a minute. Source: reference/ingest.md §10.
    static func serverTime(_ clientTime: Timestamp, uploadTime: Timestamp, receivedAt: Timestamp) -> Timestamp {
        let skew = receivedAt.milliseconds.subtractingReportingOverflow(uploadTime.milliseconds)
        guard !skew.overflow, skew.partialValue.magnitude > 60_000 else { return clientTime }
        let corrected = clientTime.milliseconds.addingReportingOverflow(skew.partialValue)
        return corrected.overflow ? clientTime : Timestamp(milliseconds: corrected.partialValue)
    }
}
