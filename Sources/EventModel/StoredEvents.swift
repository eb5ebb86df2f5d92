/// A batch's events: rows of fixed size, and one run of bytes with all their texts, so that an event costs no object.
///
/// As a collection it shows each event as a ``StoredEvent``, which is for people and tests; what is fast reads ``rows``.
public struct StoredEvents: Sendable {
    public private(set) var rows: [EventRow] = []
    /// UTF-8; what lies between the rows' texts means nothing.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Takes rows whose texts lie in `bytes`.
    ///
    /// - Precondition: `bytes` at each row's ranges is UTF-8.
    public init(rows: [EventRow], bytes: [UInt8]) {
        self.rows = rows
        self.bytes = bytes
    }

    /// Bytes of memory.
    public var size: Int { rows.count * MemoryLayout<EventRow>.stride + bytes.count }

    /// Takes over a request's texts.
    ///
    /// - Returns: by how much their ranges have moved.
    public mutating func append(texts: [UInt8]) -> Int {
        let offset = bytes.count
        precondition(offset + texts.count < Int(UInt32.max), "a batch holds less than 4 GB")
        bytes.append(contentsOf: texts)
        return offset
    }

    /// Says through which doors the events came.
    ///
    /// - Precondition: there is one for each.
    public mutating func set(doors: [EventDoor]) {
        precondition(doors.count == rows.count)
        for (index, door) in doors.enumerated() { rows[index].door = door }
    }

    /// Says by how many milliseconds events were received before or after their batch; 0 is with it.
    ///
    /// - Precondition: there is one for each.
    public mutating func set(receivedApart differences: [Int64], from batch: Timestamp) {
        precondition(differences.count == rows.count)
        for (index, difference) in differences.enumerated() where difference != 0 {
            rows[index].receivedAt = Timestamp(milliseconds: batch.milliseconds &+ difference)
        }
    }

    /// Adds an event whose texts are there already.
    public mutating func append(row: EventRow) {
        rows.append(row)
    }

    /// Adds the events of another batch.
    public mutating func append(_ other: StoredEvents) {
        let offset = append(texts: other.bytes)
        rows.reserveCapacity(rows.count + other.rows.count)
        for row in other.rows { rows.append(row.moved(by: offset)) }
    }

    /// Takes back what was added beyond so many rows and bytes.
    public mutating func truncate(rows count: Int, bytes byteCount: Int) {
        rows.removeSubrange(count...)
        bytes.removeSubrange(byteCount...)
    }

    public mutating func reserve(rows count: Int, bytes byteCount: Int) {
        rows.reserveCapacity(count)
        bytes.reserveCapacity(byteCount)
    }

    /// The text at a range, `nil` where there is none.
    public func text(_ range: TextRange) -> String? {
        range.isNone ? nil : String(decoding: bytes[range.range], as: UTF8.self)
    }

    private mutating func add(_ text: String?) -> TextRange {
        guard let text else { return .none }
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        return TextRange(start..<bytes.count)
    }
}

extension StoredEvents: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { rows.count }

    public subscript(index: Int) -> StoredEvent {
        let row = rows[index]
        return StoredEvent(
            user: row.user,
            device: row.device,
            carriesUserID: row.carriesUserID,
            type: row.type,
            time: row.time,
            clientTime: row.clientTime,
            uploadTime: row.uploadTime,
            sessionID: row.sessionID,
            eventID: row.eventID,
            insertID: row.insertUUID.map { UUIDText.text($0) } ?? text(row.insertID),
            context: row.context,
            userProperties: row.userProperties,
            eventProperties: text(row.eventProperties) ?? "{}",
            revenue: row.revenue,
            extras: text(row.extras),
            door: row.door,
            changesPerson: row.changesPerson,
            receivedAt: row.receivedAt
        )
    }
}

extension StoredEvents: RangeReplaceableCollection {
    public mutating func append(_ event: StoredEvent) {
        var row = EventRow(
            user: event.user,
            device: event.device,
            carriesUserID: event.carriesUserID,
            type: event.type,
            context: event.context,
            time: event.time,
            clientTime: event.clientTime,
            uploadTime: event.uploadTime
        )
        row.userProperties = event.userProperties
        row.sessionID = event.sessionID
        row.eventID = event.eventID
        row.revenue = event.revenue
        row.insertUUID = event.insertID.flatMap { UUIDText.number($0.utf8Span.span) }
        if row.insertUUID == nil { row.insertID = add(event.insertID) }
        if event.eventProperties != "{}" { row.eventProperties = add(event.eventProperties) }
        row.extras = add(event.extras)
        row.door = event.door
        row.changesPerson = event.changesPerson
        row.receivedAt = event.receivedAt
        rows.append(row)
    }

    public mutating func replaceSubrange(
        _ range: Range<Int>,
        with events: some Collection<StoredEvent>
    ) {
        var changed = StoredEvents()
        for index in 0..<range.lowerBound { changed.append(self[index]) }
        for event in events { changed.append(event) }
        for index in range.upperBound..<endIndex { changed.append(self[index]) }
        self = changed
    }
}

extension StoredEvents: Equatable, ExpressibleByArrayLiteral {
    public init(arrayLiteral events: StoredEvent...) {
        self.init(events)
    }

    public static func == (lhs: StoredEvents, rhs: StoredEvents) -> Bool {
        lhs.elementsEqual(rhs)
    }
}
