import DuckDB
import EventModel
import Storage

/// A row of `events`, with the numbers that stand in it.
struct ResolvedRow {
    var row: Int
    /// In the order of arrival of all that ever came.
    var number: Int
    var event: StoredEvent
    var receivedAt: Timestamp

    /// Which of the event's texts are still missing.
    var long: LongText.Marks

    /// Columns in the order of ``DuckDBEventStore/rows(_:)``; only those from the 12th to the 16th can be NULL.
    init(_ chunk: borrowing Chunk, _ row: Int) {
        func small(_ column: Int) -> Int32 { chunk.value(column, row) ?? 0 }
        func large(_ column: Int) -> Int64 { chunk.value(column, row) ?? 0 }
        self.row = Int(large(0))
        number = Int(large(19))
        let origin = EventOrigin(number: chunk.value(18, row) ?? 0)
        event = StoredEvent(
            user: UserKey(small(1)),
            device: DeviceKey(small(6)),
            carriesUserID: small(7) != 0,
            type: EventTypeID(small(3)),
            time: Timestamp(milliseconds: large(2)),
            clientTime: Timestamp(milliseconds: large(9)),
            uploadTime: Timestamp(milliseconds: large(10)),
            sessionID: large(8),
            eventID: chunk.value(12, row),
            insertID: chunk.string(13, row),
            context: ContextID(small(4)),
            userProperties: PropertySetID(small(5)),
            eventProperties: chunk.string(14, row) ?? "{}",
            revenue: chunk.value(15, row),
            extras: chunk.string(16, row),
            door: origin.door,
            changesPerson: origin.changesPerson
        )
        long = LongText.Marks(rawValue: chunk.value(17, row) ?? 0)
        receivedAt = Timestamp(milliseconds: large(11))
    }

    func resolved(_ names: RowNames) -> ResolvedEvent {
        ResolvedEvent(
            row: row,
            number: number,
            event: event,
            receivedAt: receivedAt,
            type: names.types[event.type.number] ?? "",
            amplitudeID: event.user == .nobody ? nil : names.amplitudeIDs[event.user.number] ?? AmplitudeID(event.user),
            userID: event.carriesUserID ? names.userIDs[event.user.number] : nil,
            deviceID: names.devices[event.device.number],
            context: names.contexts[event.context.number] ?? EventContext(),
            userProperties: names.propertySets[event.userProperties.number] ?? "{}"
        )
    }
}
