import EventModel
import Foundation
import Storage

/// Turns checked events into stored ones: dedupe, identity, property snapshot, and numbers for names.
///
/// Gathers what one transaction is to commit. After a commit that failed, or an error that was thrown on the way, it must
/// be thrown away, as its memory.
struct BatchResolver {
    var memory: RecordMemory
    private let remember: @Sendable () throws(ProjectRecordError) -> RecordMemory
    private var dedupe: DedupeWindow
    private var events = StoredEvents()
    private var fingerprints: [Fingerprint] = []
    /// Those of the request at hand alone, until all of it is taken.
    private var newFingerprints = FingerprintTable<UInt8>(filler: 0)
    private var importedRows: ImportedRows
    /// Since the change was last taken.
    private var newImportedRows: [Fingerprint] = []
    private var ledger = LedgerCounts()
    /// What became of the events of the request that was added last.
    private(set) var added = LedgerCounts()
    /// Events of these types are dropped: their sender gets a 200, the ledger counts them as rejected.
    private var droppedTypes: Set<Fingerprint> = []
    /// What is declared of properties; `nil` if nothing is.
    private var plan: PlanCheck?
    private var planFindings = PlanFindingCounts()
    /// Events of before are not stored any more: days of them have left.
    private var cut: Timestamp?
    private var touched: UInt64 = 0

    /// - Parameters:
    ///   - folder: where files of this process may be put.
    ///   - mostLoggedUsers: of so many it is kept here alone when their properties came.
    ///   - mostLoggedChanges: and of so many changes.
    init(
        _ record: any ProjectRecord,
        folder: URL,
        now: Timestamp,
        mostLoggedUsers: Int = 20_000,
        mostLoggedChanges: Int = 2_000
    ) throws(ProjectRecordError) {
        remember = { () throws(ProjectRecordError) in
            try RecordMemory(record, mostLoggedUsers: mostLoggedUsers, mostLoggedChanges: mostLoggedChanges)
        }
        memory = try remember()
        importedRows = ImportedRows(record, folder: folder)
        var dedupe = DedupeWindow(folder: folder)
        let since = Timestamp(milliseconds: now.milliseconds - Fingerprint.windowMs)
        try record.readFingerprints(since: since) { batch throws(ProjectRecordError) in
            for fingerprint in batch.fingerprints { try dedupe.insert(fingerprint, at: batch.receivedAt) }
        }
        self.dedupe = dedupe
    }

    /// Asks the record for everything again, but for insert ids: rows of it were taken out. Only where nothing is gathered.
    mutating func forgetRecord() throws(ProjectRecordError) {
        memory = try remember()
    }

    /// From now on events of these types are dropped.
    mutating func drop(_ types: Set<ExactText>) {
        droppedTypes = Set(types.map { Fingerprint(secretly: $0.string.utf8Span.span) })
    }

    /// From now on events are compared with this plan, for one commit.
    mutating func check(_ declared: DeclaredProperties?) {
        if plan?.declared !== declared { plan = declared.map(PlanCheck.init) }
        plan?.rest()
    }

    /// From now on events of before this are counted, and leave no other trace. Source: Documentation/data.md D20.
    mutating func cut(at cut: Timestamp?) { self.cut = cut }

    /// Whether so much is gathered that it is to be committed before more is added.
    var isFull: Bool { events.size + memory.uncommittedSize > Self.capacity }

    /// Makes room for some requests' events: batches wait for the store, and growing ones would take twice their size.
    mutating func reserve(for batches: [IncomingBatch]) {
        events.reserve(
            rows: batches.reduce(0) { $0 + $1.events.count },
            bytes: batches.reduce(0) { $0 + $1.texts.count }
        )
    }

    /// Adds a request's events to the change: all, or none if one of them is more than its person may have, or all of them
    /// change too much of it.
    ///
    /// - Returns: why nothing of it was added; `nil` if all of it was.
    mutating func add(
        _ batch: IncomingBatch,
        receivedAt: Timestamp
    ) throws(ProjectRecordError) -> RequestRefusal? {
        let mark = mark()
        var problems = EventProblems()
        memory.begin(event: events.rows.count)
        for mapping in batch.mappings { try apply(mapping, at: receivedAt) }
        let offset = events.append(texts: batch.texts)
        ledger.received += batch.events.count + batch.rejectedLines
        ledger.rejected += batch.rejectedLines
        let toldBefore = memory.toldSize
        for (index, event) in batch.events.enumerated() {
            if index % Self.stretch == 0 { touch(batch.events[index...].prefix(Self.stretch)) }
            let traits = batch.imported.isEmpty ? nil : batch.imported[index]
            if isDropped(event) {
                ledger.rejected += 1
            } else if try isDuplicate(event, traits, receivedAt) {
                ledger.duplicate += 1
            } else {
                var row = event.row.moved(by: offset)
                row.door = batch.door
                if let traits {
                    row.time = traits.time
                    row.receivedAt = traits.receivedAt
                    if traits.receivedAt == nil { row.uploadTime = receivedAt }
                } else {
                    if !event.hasTime { row.clientTime = receivedAt }
                    row.uploadTime = batch.uploadTime ?? receivedAt
                    row.time = Self.serverTime(row.clientTime, uploadTime: row.uploadTime, receivedAt: receivedAt)
                }
                ledger.stored += 1
                if let cut, row.time < cut {
                    ledger.expired += 1
                    continue
                }
                memory.begin(event: events.rows.count)
                if let field = try resolve(event, traits, of: batch, into: &row) { problems.invalid(field, index) }
                events.append(row: row)
                plan?.check(event, of: batch, into: &planFindings)
                // A small request could otherwise come to any size: each event may tell of a quarter of a megabyte.
                if memory.toldSize - toldBefore > Self.mostTold {
                    takeBack(to: mark)
                    return .tooMuchChange
                }
            }
        }
        if let refusal = problems.refusal {
            takeBack(to: mark)
            return refusal
        }
        memory.begin(event: events.rows.count)
        for merge in batch.importedMerges { try apply(merge) }
        for fingerprint in fingerprints[mark.fingerprints...] { try dedupe.insert(fingerprint, at: receivedAt) }
        for fingerprint in newImportedRows[mark.importedRows...] { try importedRows.insert(fingerprint) }
        added = ledger - mark.ledger
        return nil
    }

    // MARK: Taking back

    /// Where the changes of a request begin.
    private struct Mark {
        var memory: RecordMemory.Mark
        var rows, bytes, fingerprints, importedRows: Int
        var ledger: LedgerCounts
        var planFindings: PlanFindingCounts
    }

    private mutating func mark() -> Mark {
        newFingerprints.removeAll(keepingCapacity: true)
        return Mark(
            memory: memory.mark(),
            rows: events.rows.count,
            bytes: events.bytes.count,
            fingerprints: fingerprints.count,
            importedRows: newImportedRows.count,
            ledger: ledger,
            planFindings: planFindings
        )
    }

    private mutating func takeBack(to mark: Mark) {
        memory.takeBack(to: mark.memory)
        events.truncate(rows: mark.rows, bytes: mark.bytes)
        fingerprints.removeSubrange(mark.fingerprints...)
        newImportedRows.removeSubrange(mark.importedRows...)
        ledger = mark.ledger
        planFindings = mark.planFindings
    }

    // MARK: The change

    /// What all requests since the last call have changed.
    mutating func takeChange(receivedAt: Timestamp) throws(ProjectRecordError) -> RecordChange {
        dedupe.forget(before: receivedAt)
        defer {
            events = StoredEvents()
            fingerprints = []
            newImportedRows = []
            ledger = LedgerCounts()
            planFindings = PlanFindingCounts()
        }
        var change = try memory.takeChange(
            receivedAt: receivedAt,
            events: events,
            fingerprints: fingerprints,
            ledger: ledger
        )
        change.importedRows = newImportedRows
        change.planFindings = planFindings
        return change
    }

    /// Bytes of the large sets of user properties that come to be by one request.
    /// Source: Documentation/events-and-identity.md E15.
    private static let mostTold = 64 << 20
    /// Bytes of what is gathered. One request can be larger, but is not by much.
    private static let capacity = 64 << 20
    /// How many events are prepared at a time.
    private static let stretch = 64

    /// Asks for the memory of some events at once: their places in the tables are far apart, and waiting for one after
    /// the other would be most of the work.
    private mutating func touch(_ events: ArraySlice<IncomingEvent>) {
        var touched: UInt64 = 0
        for event in events {
            touched ^= memory.people.touch(user: event.userID.fingerprint, device: event.deviceID.fingerprint)
            touched ^= dedupe.touch(event.insertID)
        }
        for event in events where !event.userID.isNone {
            touched ^= memory.people.touchSnapshot(user: event.userID.fingerprint)
        }
        // Only so that nobody finds that the looks were for nothing.
        self.touched = touched
    }

    // MARK: One event

    /// Before anything else is known of it: a dropped event leaves no trace, not even of its `insert_id`.
    private func isDropped(_ event: IncomingEvent) -> Bool {
        !droppedTypes.isEmpty && droppedTypes.contains(event.type.fingerprint)
    }

    private mutating func isDuplicate(
        _ event: IncomingEvent,
        _ traits: ImportedTraits?,
        _ receivedAt: Timestamp
    ) throws(ProjectRecordError) -> Bool {
        if let traits {
            let fingerprint = traits.fingerprint
            if newFingerprints[fingerprint] != nil { return true }
            if try importedRows.contains(fingerprint) { return true }
            // A client may have sent it here, too.
            if event.hasInsertID, try dedupe.contains(event.insertID, at: receivedAt) { return true }
            newFingerprints.set(fingerprint, 1)
            newImportedRows.append(fingerprint)
            return false
        }
        guard event.hasInsertID else { return false }
        if newFingerprints[event.insertID] != nil { return true }
        if try dedupe.contains(event.insertID, at: receivedAt) { return true }
        newFingerprints.set(event.insertID, 1)
        fingerprints.append(event.insertID)
        return false
    }

    /// - Returns: the field in which there is more than a person, or a group, may have; `nil` if there is none.
    private mutating func resolve(
        _ event: IncomingEvent,
        _ traits: ImportedTraits?,
        of batch: IncomingBatch,
        into row: inout EventRow
    ) throws(ProjectRecordError) -> String? {
        if event.groupChange >= 0 {
            let change = batch.groupChanges[Int(event.groupChange)]
            for group in change.groups where try !memory.identify(group, change.operations) {
                return "group_properties"
            }
        }
        if let traits, let id = traits.amplitudeID {
            (row.user, row.device) = try identify(event, importedAs: id, traits, of: batch)
        } else {
            (row.user, row.device) = try identify(event, of: batch, at: row.time)
        }
        row.carriesUserID = !event.userID.isNone
        row.type = try memory.eventType(event.type.fingerprint) { batch.key(event.type.range) ?? "" }
        if !event.row.eventProperties.isNone {
            memory.note(event.propertyNames) { batch.texts[event.row.eventProperties.range] }
        }
        if let traits, traits.isWhole {
            try takeSnapshot(of: event, traits, in: batch, into: &row)
            return nil
        }
        return try takeSnapshot(of: event, in: batch, into: &row) ? nil : "user_properties"
    }

    /// The person's context and properties at the event, with what the event itself changes about them.
    ///
    /// - Returns: false if the person would have more properties than one may have.
    private mutating func takeSnapshot(
        of event: IncomingEvent,
        in batch: IncomingBatch,
        into row: inout EventRow
    ) throws(ProjectRecordError) -> Bool {
        let isRevenue = row.revenue != nil
        // Whom nothing is known of starts from nothing.
        let isAlone = event.skipsUserProperties || row.user == .nobody
        let before = isAlone ? UserSnapshot() : try memory.people.snapshot(of: row.user)
        var after = before
        after.importedAt = nil
        let context = try memory.context(after: before.context, event.context.fingerprint, isRevenue: isRevenue) {
            EventContext(sent: batch.keys[event.context.range.range])
        }
        var received = PropertyBundleID.none
        row.context = context.context
        after.context = context.context
        if !event.userProperties.isNone {
            let step = try memory.properties(after: before.properties, event.userProperties.fingerprint) {
                batch.keys[event.userProperties.range.range]
            }
            guard let step else { return false }
            (after.properties, received) = (step.properties, step.received)
        }
        if isAlone {
            memory.abandon(after.properties)
        } else {
            row.changesPerson = after != before
            try memory.setSnapshot(of: row.user, from: before, to: after, received: context.received, received)
        }
        row.userProperties = after.properties
        return true
    }

    /// Finds or makes the person and the device of an event. Source: Documentation/events-and-identity.md E24 to E27.
    private mutating func identify(
        _ event: IncomingEvent,
        of batch: IncomingBatch,
        at time: Timestamp
    ) throws(ProjectRecordError) -> (UserKey, DeviceKey) {
        if event.deviceID.isNone { return (.nobody, .none) }
        let userIDState: UserIDState
        if event.userID.isNone {
            userIDState = .absent
        } else if let user = try memory.people.user(event.userID.fingerprint, { batch.userID(of: event) ?? "" }) {
            userIDState = .known(user)
        } else {
            userIDState = .unknown
        }
        let found = try memory.people.device(event.deviceID.fingerprint) { batch.deviceID(of: event) ?? "" }
        let device = found.flatMap { $0.isAbandoned ? nil : $0 }
        var transition = IdentityTransition(userID: userIDState, device: device)
        if case .merge(_, let known) = transition, try memory.isFull(known) { transition = .existing(known) }
        let user: UserKey
        switch transition {
        case .createUser:
            user = memory.people.createUser(batch.userID(of: event), event.userID.fingerprint)
        case .existing(let known):
            user = known
        case .claim(let anonymous):
            user = anonymous
            if let userID = batch.userID(of: event) { memory.people.name(anonymous, userID, event.userID.fingerprint) }
        case .merge(let anonymous, let known):
            user = known
            try memory.merge(Merge(from: anonymous, into: known, time: time, cause: .login))
        }
        // An event without user_id leaves a device as it is: whoever it stands for, it stands for still.
        let isUnclaimed = event.userID.isNone && (device?.isUnclaimed ?? true)
        if let device, device.user == user, device.isUnclaimed == isUnclaimed, device.importedAt == nil {
            return (user, device.key)
        }
        let key = memory.people.link(
            event.deviceID.fingerprint,
            batch.deviceID(of: event) ?? "",
            known: found,
            to: user,
            isUnclaimed: isUnclaimed
        )
        return (user, key)
    }

    // MARK: Mapping one user to another

    /// The latest word holds: a mapping that would close a circle takes back the one that it contradicts.
    private mutating func apply(_ mapping: UserMapping, at time: Timestamp) throws(ProjectRecordError) {
        let user = try user(mapping.userID)
        guard let globalID = mapping.globalUserID else {
            if try memory.mergeTarget(of: user) != nil { try unmap(user, at: time) }
            return
        }
        let global = try self.user(globalID)
        if user == global { return }
        try openCircle(of: user, into: global, at: time)
        try memory.merge(Merge(from: user, into: global, time: time, cause: .mapping))
    }

    /// Takes back what would close a circle if a user were merged into another.
    mutating func openCircle(
        of user: UserKey,
        into other: UserKey,
        at time: Timestamp
    ) throws(ProjectRecordError) {
        var step = other
        while let next = try memory.mergeTarget(of: step) {
            if next == user { return try unmap(step, at: time) }
            step = next
        }
    }

    mutating func unmap(_ user: UserKey, at time: Timestamp) throws(ProjectRecordError) {
        try memory.merge(Merge(from: user, into: user, time: time, cause: .unmapping))
    }

    private mutating func user(_ userID: String) throws(ProjectRecordError) -> UserKey {
        let fingerprint = Fingerprint(secretly: userID.utf8Span.span)
        if let known = try memory.people.user(fingerprint, { userID }) { return known }
        return memory.people.createUser(userID, fingerprint)
    }

    /// Corrects the sender's clock by what it is off, if that is over a minute.
    /// Source: Documentation/events-and-identity.md E17.
    static func serverTime(_ clientTime: Timestamp, uploadTime: Timestamp, receivedAt: Timestamp) -> Timestamp {
        let skew = receivedAt.milliseconds.subtractingReportingOverflow(uploadTime.milliseconds)
        guard !skew.overflow, skew.partialValue.magnitude > 60_000 else { return clientTime }
        let corrected = clientTime.milliseconds.addingReportingOverflow(skew.partialValue)
        return corrected.overflow ? clientTime : Timestamp(milliseconds: corrected.partialValue)
    }
}
