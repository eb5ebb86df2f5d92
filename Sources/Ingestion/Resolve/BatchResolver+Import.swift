import EventModel
import Storage

/// Whose imported events are, and what they say of people. Source: Documentation/data.md D27, D28.
extension BatchResolver {
    // MARK: Rows

    /// Finds or makes the person and the device of a row that says whose it is: no rule of identity has a say.
    mutating func identify(
        _ event: IncomingEvent,
        importedAs id: AmplitudeID,
        _ traits: ImportedTraits,
        of batch: IncomingBatch
    ) throws(ProjectRecordError) -> (UserKey, DeviceKey) {
        let user = try importedUser(id, event, traits.time, of: batch)
        let received = traits.receivedAt ?? traits.time
        if event.deviceID.isNone { return (user, .none) }
        let fingerprint = event.deviceID.fingerprint
        let isNamed = !event.userID.isNone
        let known = try memory.people.device(fingerprint) { batch.deviceID(of: event) ?? "" }
        if let known, !known.isAbandoned {
            // Whoever was seen on it by this server was seen later.
            guard let before = known.importedAt else { return (user, known.key) }
            let isLater = received >= before
            guard isNamed ? known.isUnclaimed || isLater : known.isUnclaimed && isLater else {
                return (user, known.key)
            }
            if known.user == user, known.isUnclaimed != isNamed {
                memory.people.saw(fingerprint, known, at: received)
                return (user, known.key)
            }
        }
        let device = memory.people.link(
            fingerprint,
            batch.deviceID(of: event) ?? "",
            known: known,
            to: user,
            isUnclaimed: !isNamed,
            importedAt: received
        )
        return (user, device)
    }

    private mutating func importedUser(
        _ id: AmplitudeID,
        _ event: IncomingEvent,
        _ time: Timestamp,
        of batch: IncomingBatch
    ) throws(ProjectRecordError) -> UserKey {
        let known = try memory.people.user(importedAs: id)
        guard let userID = batch.userID(of: event) else {
            if let known { return known }
            return try memory.people.createUser(importedAs: id, nil, event.userID.fingerprint)
        }
        let fingerprint = event.userID.fingerprint
        let named = try memory.people.user(fingerprint) { userID }
        switch (known, named) {
        case (nil, nil):
            return try memory.people.createUser(importedAs: id, userID, fingerprint)
        case (nil, let named?):
            memory.people.note(named, importedAs: id)
            return named
        case (let known?, let named?):
            if known != named, try !memory.people.hasUserID(known) {
                try openCircle(of: known, into: named, at: time)
                try memory.mergeImported(Merge(from: known, into: named, time: time, cause: .login))
                memory.people.note(named, importedAs: id)
            }
            return named
        case (let known?, nil):
            if try !memory.people.hasUserID(known) {
                memory.people.name(known, userID, fingerprint)
                return known
            }
            // A key has one user id: whoever comes with two is two of them that count as one.
            let other = memory.people.createUser(userID, fingerprint, isImported: true)
            try memory.mergeImported(Merge(from: other, into: known, time: time, cause: .mapping))
            return other
        }
    }

    /// The context and the properties of a row are those that it says. Its person has them from now on, unless something
    /// later is known.
    mutating func takeSnapshot(
        of event: IncomingEvent,
        _ traits: ImportedTraits,
        in batch: IncomingBatch,
        into row: inout EventRow
    ) throws(ProjectRecordError) {
        let received = traits.receivedAt ?? traits.time
        let before = row.user == .nobody ? UserSnapshot() : try memory.people.snapshot(of: row.user)
        row.context = try memory.context(sent: event.context.fingerprint) {
            EventContext(sent: batch.keys[event.context.range.range])
        }
        if !event.userProperties.isNone {
            row.userProperties = try memory.properties(
                sent: event.userProperties.fingerprint,
                after: before.properties
            ) { batch.keys[event.userProperties.range.range] }
        }
        guard row.user != .nobody, let known = before.importedAt, known <= received else {
            if row.userProperties != before.properties { memory.abandon(row.userProperties) }
            return
        }
        var after = UserSnapshot()
        after.context = row.context
        after.properties = row.userProperties
        after.importedAt = received
        try memory.setSnapshot(of: row.user, from: before, to: after)
    }

    // MARK: Merges

    /// The latest word holds, as with mappings. People of whom no row has come yet are made.
    mutating func apply(_ merge: ImportedMerge) throws(ProjectRecordError) {
        let from = try importedUser(merge.from)
        let into = try importedUser(merge.into)
        if from == into {
            // Two numbers may have turned out to be one person already.
            if merge.from == merge.into, try memory.mergeTarget(of: from) != nil { try unmap(from, at: merge.time) }
            return
        }
        try openCircle(of: from, into: into, at: merge.time)
        // Two people who have names are never one, but one may count as the other.
        let (isNamed, isIntoNamed) = (try memory.people.hasUserID(from), try memory.people.hasUserID(into))
        try memory.mergeImported(
            Merge(from: from, into: into, time: merge.time, cause: isNamed && isIntoNamed ? .mapping : .login)
        )
    }

    private mutating func importedUser(_ id: AmplitudeID) throws(ProjectRecordError) -> UserKey {
        if let known = try memory.people.user(importedAs: id) { return known }
        return try memory.people.createUser(importedAs: id, nil, Fingerprint(high: 0, low: 0))
    }
}
