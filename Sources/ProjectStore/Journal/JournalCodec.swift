import Compression
import EventModel
import JSONTape
import Storage

/// The journal's form of a batch, version 3, or 4 if events have left it. This file is its definition.
///
///     byte            the version; 2 is read, too, which ends after the names of properties
///     count           of UUIDs
///     16 bytes each   the insert ids that are UUIDs, in the order of their events; nothing would compress them
///     zstd frame      with a checksum, of the body: the events, the facts, a column of the events' doors, one of by
///                     how much the users' Amplitude IDs are above their keys, and one of by how many milliseconds events
///                     were received after the batch (before it, if they were imported); in version 4 also how many events
///                     there were, and a column of the places among those
///
/// Numbers and counts are written as ``JournalWriter`` says. Events are columns, so that like stands beside like: see
/// ``writeEvents(_:_:)``. Facts are lists, each a count and that many entries: see ``writeFacts(_:)``. What a later
/// version adds goes to the end of the body, and readers take what is missing there as none.
struct JournalCodec {
    static let version: UInt8 = 3
    /// Of a batch that is not whole any more. A reader that does not know it would number its events wrongly.
    static let versionOfRemainders: UInt8 = 4
    /// What this code can read. Another version's reader must not take a row for less than it says.
    private static let versions: ClosedRange<UInt8> = 2...4

    private var row = JournalWriter()
    private var body = JournalWriter()
    private let compressor = ZstdCompressor()

    /// The bytes of a batch. They are kept in here and reused: hundreds of kilobytes are not asked for with each commit.
    mutating func encode(_ batch: JournalBatch) -> [UInt8] {
        row.clear()
        body.clear()
        body.reserve(48 * batch.events.count + batch.events.bytes.count + 200)
        row.byte(batch.remainder == nil ? Self.version : Self.versionOfRemainders)
        let uuids = batch.events.rows.count { $0.insertUUID != nil }
        row.count(uuids)
        if uuids > 0 {
            for event in batch.events.rows {
                if let uuid = event.insertUUID { row.bigEndian(uuid, bytes: 16) }
            }
        }
        body.signed(batch.receivedAt.milliseconds)
        writeEvents(batch.events, batch.receivedAt)
        writeFacts(batch)
        body.column(batch.events.rows) { Int64($0.door.rawValue) }
        body.column(batch.users) { $0.amplitudeID.number &- Int64($0.user.number) }
        body.column(batch.events.rows) { row in
            row.receivedAt.map { $0.milliseconds &- batch.receivedAt.milliseconds } ?? 0
        }
        if let remainder = batch.remainder {
            body.count(remainder.committed)
            body.column(remainder.places) { Int64($0) }
        }
        var bytes = row.bytes
        compressor.compress(body.bytes, to: &bytes)
        return bytes
    }

    // MARK: Events

    private struct Flags: OptionSet {
        var rawValue: Int64
        static let carriesUserID = Flags(rawValue: 1)
        static let hasEventID = Flags(rawValue: 2)
        static let hasRevenue = Flags(rawValue: 4)
        static let hasInsertUUID = Flags(rawValue: 8)
        /// Of rows from before it was noted, none has it.
        static let changesPerson = Flags(rawValue: 16)

        init(rawValue: Int64) {
            self.rawValue = rawValue
        }

        init(_ event: EventRow) {
            self = []
            if event.carriesUserID { insert(.carriesUserID) }
            if event.eventID != nil { insert(.hasEventID) }
            if event.revenue != nil { insert(.hasRevenue) }
            if event.insertUUID != nil { insert(.hasInsertUUID) }
            if event.changesPerson { insert(.changesPerson) }
        }
    }

    /// Columns, in this order: those of all events; event ids and revenues of the events that have them; for each kind
    /// of text, a column of lengths, one more than there are bytes and 0 for none, and the texts.
    private mutating func writeEvents(_ events: StoredEvents, _ receivedAt: Timestamp) {
        let rows = events.rows
        body.count(rows.count)
        if rows.isEmpty { return }
        body.column(rows) { Flags($0).rawValue }
        body.column(rows) { Int64($0.user.number) }
        body.column(rows) { Int64($0.device.number) }
        body.column(rows) { Int64($0.type.number) }
        body.column(rows) { Int64($0.context.number) }
        body.column(rows) { Int64($0.userProperties.number) }
        body.column(rows) { $0.time.milliseconds }
        body.column(rows) { $0.clientTime.milliseconds &- $0.time.milliseconds }
        body.column(rows) { $0.uploadTime.milliseconds &- receivedAt.milliseconds }
        body.column(rows) { $0.sessionID }
        for row in rows {
            if let eventID = row.eventID { body.signed(eventID) }
        }
        for row in rows {
            if let revenue = row.revenue { body.bigEndian(revenue.bitPattern, bytes: 8) }
        }
        write(rows.map(\.insertID), of: events)
        write(rows.map(\.eventProperties), of: events)
        write(rows.map(\.extras), of: events)
    }

    private mutating func write(_ texts: [TextRange], of events: StoredEvents) {
        body.column(texts) { $0.isNone ? 0 : Int64($0.count) + 1 }
        for text in texts where !text.isNone { body.raw(events.bytes[text.range]) }
    }

    private static func readEvents(
        _ body: inout JournalReader,
        uuids: [UInt128],
        _ receivedAt: Timestamp
    ) throws(JournalDamage) -> StoredEvents {
        let count = try Int(clamping: body.unsigned())
        if count == 0 { return StoredEvents() }
        // More than any commit may hold: the memory for it is not asked for.
        guard count <= 1 << 24 else { throw JournalDamage() }
        let flags = try body.column(count).map { Flags(rawValue: $0) }
        let users = try body.numbers(count)
        let devices = try body.numbers(count)
        let types = try body.numbers(count)
        let contexts = try body.numbers(count)
        let properties = try body.numbers(count)
        let times = try body.column(count)
        let clientTimes = try body.column(count)
        let uploadTimes = try body.column(count)
        let sessions = try body.column(count)
        var rows: [EventRow] = []
        rows.reserveCapacity(count)
        var nextUUID = 0
        for index in 0..<count {
            var row = EventRow(
                user: UserKey(users[index]),
                device: DeviceKey(devices[index]),
                carriesUserID: flags[index].contains(.carriesUserID),
                type: EventTypeID(types[index]),
                context: ContextID(contexts[index]),
                time: Timestamp(milliseconds: times[index]),
                clientTime: Timestamp(milliseconds: times[index] &+ clientTimes[index]),
                uploadTime: Timestamp(milliseconds: receivedAt.milliseconds &+ uploadTimes[index])
            )
            row.userProperties = PropertySetID(properties[index])
            row.sessionID = sessions[index]
            row.changesPerson = flags[index].contains(.changesPerson)
            if flags[index].contains(.hasInsertUUID) {
                guard nextUUID < uuids.count else { throw JournalDamage() }
                row.insertUUID = uuids[nextUUID]
                nextUUID += 1
            }
            rows.append(row)
        }
        for index in 0..<count where flags[index].contains(.hasEventID) { rows[index].eventID = try body.signed() }
        for index in 0..<count where flags[index].contains(.hasRevenue) {
            rows[index].revenue = Double(bitPattern: UInt64(truncatingIfNeeded: try body.bigEndian(bytes: 8)))
        }
        var bytes: [UInt8] = []
        for place in [\EventRow.insertID, \.eventProperties, \.extras] {
            let lengths = try body.column(count)
            for index in 0..<count where lengths[index] != 0 {
                guard let length = Int(exactly: lengths[index] &- 1), length >= 0 else { throw JournalDamage() }
                let text = try body.raw(length)
                guard (try? UTF8Span(validating: text.span)) != nil else { throw JournalDamage() }
                rows[index][keyPath: place] = TextRange(bytes.count..<bytes.count + length)
                bytes += text
            }
        }
        return StoredEvents(rows: rows, bytes: bytes)
    }

    // MARK: Facts

    /// Lists, in this order. Contexts and property sets are JSON objects.
    private mutating func writeFacts(_ batch: JournalBatch) {
        list(batch.eventTypes) { $0.named($1.key.number, $1.value) }
        list(batch.contexts) { body, context in
            var json = JSONWriter()
            context.value.write(to: &json)
            body.named(context.key.number, json.text)
        }
        list(batch.propertySets) { $0.named($1.key.number, $1.value) }
        list(batch.users) { body, fact in
            body.signed(Int64(fact.user.number))
            body.optional(fact.userID)
        }
        list(batch.devices) { $0.named($1.key.number, $1.value) }
        list(batch.merges) { body, merge in
            body.signed(Int64(merge.from.number))
            body.signed(Int64(merge.into.number))
            body.signed(merge.time.milliseconds)
            body.text(merge.cause.rawValue)
        }
        list(batch.propertyNames) { body, property in
            body.text(property.kind.rawValue)
            body.text(property.name.string)
        }
        list(batch.propertyPatches) { body, patch in
            body.signed(Int64(patch.set.number))
            body.signed(Int64(patch.base.number))
            body.count(patch.bytes.count)
            body.raw(patch.bytes[...])
        }
    }

    private mutating func list<Element>(_ elements: [Element], _ write: (inout JournalWriter, Element) -> Void) {
        body.count(elements.count)
        for element in elements { write(&body, element) }
    }

    private static func readFacts(_ body: inout JournalReader, into batch: inout JournalBatch) throws {
        batch.eventTypes = try list(&body) { Numbered(EventTypeID(try $0.number()), try $0.text()) }
        batch.contexts = try list(&body) { body in
            let id = ContextID(try body.number())
            return Numbered(id, try JSONDocument.withRoot(of: Array(body.text().utf8)) { EventContext($0) })
        }
        batch.propertySets = try list(&body) { Numbered(PropertySetID(try $0.number()), try $0.text()) }
        batch.users = try list(&body) { UserFact(user: UserKey(try $0.number()), userID: try $0.optionalText()) }
        batch.devices = try list(&body) { Numbered(DeviceKey(try $0.number()), try $0.text()) }
        batch.merges = try list(&body) { body in
            let (from, into) = (UserKey(try body.number()), UserKey(try body.number()))
            let time = Timestamp(milliseconds: try body.signed())
            guard let cause = Merge.Cause(rawValue: try body.text()) else { throw JournalDamage() }
            return Merge(from: from, into: into, time: time, cause: cause)
        }
        batch.propertyNames = try list(&body) { body in
            guard let kind = PropertyName.Kind(rawValue: try body.text()) else { throw JournalDamage() }
            return PropertyName(kind, try body.text())
        }
        batch.propertyPatches = try list(&body) { body in
            let (set, base) = (PropertySetID(try body.number()), PropertySetID(try body.number()))
            return PropertySetPatch(set, of: base, bytes: Array(try body.raw(try body.count())))
        }
    }

    private static func readDoors(
        _ body: inout JournalReader,
        of events: inout StoredEvents
    ) throws(JournalDamage) {
        if body.isAtEnd || events.isEmpty { return }
        let doors = try body.column(events.rows.count).map { number throws(JournalDamage) in
            guard let door = UInt8(exactly: number).flatMap(EventDoor.init) else { throw JournalDamage() }
            return door
        }
        events.set(doors: doors)
    }

    private static func readAmplitudeIDs(
        _ body: inout JournalReader,
        of users: inout [UserFact]
    ) throws(JournalDamage) {
        if body.isAtEnd { return }
        for (index, difference) in try body.column(users.count).enumerated() {
            users[index].amplitudeID = AmplitudeID(Int64(users[index].user.number) &+ difference)
        }
    }

    private static func list<Element>(
        _ body: inout JournalReader,
        _ read: (inout JournalReader) throws -> Element
    ) throws -> [Element] {
        if body.isAtEnd { return [] }
        return try (0..<body.count()).map { _ in try read(&body) }
    }

    // MARK: Reading

    static func decode(_ bytes: [UInt8], sequence: JournalSequence) throws -> JournalBatch {
        var row = JournalReader(bytes)
        let version = try row.byte()
        guard versions.contains(version) else { throw JournalDamage() }
        let uuids = try (0..<row.count()).map { _ in try row.bigEndian(bytes: 16) }
        var body = JournalReader(try Zstd.decompress(Array(row.rest())))
        var batch = JournalBatch(sequence: sequence, receivedAt: Timestamp(milliseconds: try body.signed()))
        batch.events = try readEvents(&body, uuids: uuids, batch.receivedAt)
        try readFacts(&body, into: &batch)
        try readDoors(&body, of: &batch.events)
        try readAmplitudeIDs(&body, of: &batch.users)
        if !body.isAtEnd {
            batch.events.set(receivedApart: try body.column(batch.events.rows.count), from: batch.receivedAt)
        }
        if version == versionOfRemainders {
            guard let committed = Int(exactly: try body.unsigned()) else { throw JournalDamage() }
            batch.remainder = BatchRemainder(committed: committed, places: try body.numbers(batch.events.count))
        }
        return batch
    }
}

extension JournalWriter {
    fileprivate mutating func named(_ number: Int32, _ name: String) {
        signed(Int64(number))
        text(name)
    }
}
