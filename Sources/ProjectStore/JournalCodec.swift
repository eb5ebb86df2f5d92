import Compression
import EventModel
import JSONTape
import Storage

/// The journal's text form of a batch: one JSON object, compressed with zstd.
///
/// Rows are arrays, so that names are not repeated; a field added later goes to the end of its row, and readers take a
/// missing one as absent. Any `zstd -d` shows it.
enum JournalCodec {
    static func encode(_ batch: JournalBatch) -> [UInt8] {
        var json = JSONWriter(capacity: 200 * batch.events.count + 200)
        json.raw("{\"received_at\":")
        json.integer(batch.receivedAt.milliseconds)
        json.raw(",\"events\":")
        json.list(batch.events) { $0.event($1) }
        json.raw(",\"event_types\":")
        json.list(batch.eventTypes) { $0.named($1.key.number, $1.value) }
        json.raw(",\"contexts\":")
        json.list(batch.contexts) { json, context in
            json.raw("[")
            json.integer(context.key.number)
            json.raw(",")
            context.value.write(to: &json)
            json.raw("]")
        }
        json.raw(",\"property_sets\":")
        json.list(batch.propertySets) { json, set in
            json.raw("[")
            json.integer(set.key.number)
            json.raw(",")
            json.raw(set.value)
            json.raw("]")
        }
        json.raw(",\"users\":")
        json.list(batch.users) { $0.named($1.user.number, $1.userID) }
        json.raw(",\"devices\":")
        json.list(batch.devices) { $0.named($1.key.number, $1.value) }
        json.raw(",\"merges\":")
        json.list(batch.merges) { json, merge in
            json.raw("[")
            json.integer(merge.from.number)
            json.raw(",")
            json.integer(merge.into.number)
            json.raw(",")
            json.integer(merge.time.milliseconds)
            json.raw(",")
            json.string(merge.cause.rawValue)
            json.raw("]")
        }
        json.raw(",\"property_names\":")
        json.list(batch.propertyNames) { json, property in
            json.raw("[")
            json.string(property.kind.rawValue)
            json.raw(",")
            json.string(property.name.string)
            json.raw("]")
        }
        json.raw("}")
        return Zstd.compress(json.bytes)
    }

    static func decode(_ payload: [UInt8], sequence: JournalSequence) throws -> JournalBatch {
        try JSONDocument.withRoot(of: Zstd.decompress(payload)) { root in
            var batch = JournalBatch(
                sequence: sequence,
                receivedAt: Timestamp(milliseconds: try need(root["received_at"]?.integer))
            )
            for (key, value) in root.members {
                if key == "events" {
                    batch.events = try value.elements.map(event)
                } else if key == "event_types" {
                    batch.eventTypes = try value.elements.map { row in
                        let cells = Array(row.elements)
                        return Numbered(EventTypeID(try number(cells, 0)), try need(cells[1].string))
                    }
                } else if key == "contexts" {
                    batch.contexts = try value.elements.map { row in
                        let cells = Array(row.elements)
                        return Numbered(ContextID(try number(cells, 0)), EventContext(cells[1]))
                    }
                } else if key == "property_sets" {
                    batch.propertySets = try value.elements.map { row in
                        let cells = Array(row.elements)
                        var text = JSONWriter()
                        text.value(cells[1])
                        return Numbered(PropertySetID(try number(cells, 0)), text.text)
                    }
                } else if key == "users" {
                    batch.users = try value.elements.map { row in
                        let cells = Array(row.elements)
                        return UserFact(user: UserKey(try number(cells, 0)), userID: cells[1].string)
                    }
                } else if key == "devices" {
                    batch.devices = try value.elements.map { row in
                        let cells = Array(row.elements)
                        return Numbered(DeviceKey(try number(cells, 0)), try need(cells[1].string))
                    }
                } else if key == "merges" {
                    batch.merges = try value.elements.map(merge)
                } else if key == "property_names" {
                    batch.propertyNames = try value.elements.map { row in
                        let cells = Array(row.elements)
                        let kind = try need(cells[0].string.flatMap(PropertyName.Kind.init))
                        return PropertyName(kind, try need(cells[1].string))
                    }
                }
            }
            return batch
        }
    }

    private static func event(_ row: JSONValue) throws -> StoredEvent {
        let cells = Array(row.elements)
        guard cells.count >= 14 else { throw JournalDamage() }
        var properties = JSONWriter()
        properties.value(cells[12])
        return StoredEvent(
            user: UserKey(try number(cells, 0)),
            device: DeviceKey(try number(cells, 1)),
            carriesUserID: try need(cells[2].bool),
            type: EventTypeID(try number(cells, 3)),
            time: Timestamp(milliseconds: try need(cells[4].integer)),
            clientTime: Timestamp(milliseconds: try need(cells[5].integer)),
            uploadTime: Timestamp(milliseconds: try need(cells[6].integer)),
            sessionID: try need(cells[7].integer),
            eventID: cells[8].integer,
            insertID: cells[9].string,
            context: ContextID(try number(cells, 10)),
            userProperties: PropertySetID(try number(cells, 11)),
            eventProperties: properties.text,
            revenue: cells.count > 14 ? cells[14].double : nil,
            extras: cells[13].isNull ? nil : text(of: cells[13])
        )
    }

    private static func merge(_ row: JSONValue) throws -> Merge {
        let cells = Array(row.elements)
        guard cells.count >= 4 else { throw JournalDamage() }
        return Merge(
            from: UserKey(try number(cells, 0)),
            into: UserKey(try number(cells, 1)),
            time: Timestamp(milliseconds: try need(cells[2].integer)),
            cause: try need(cells[3].string.flatMap(Merge.Cause.init))
        )
    }

    private static func text(of value: JSONValue) -> String {
        var text = JSONWriter()
        text.value(value)
        return text.text
    }

    private static func number(_ cells: [JSONValue], _ index: Int) throws -> Int32 {
        guard index < cells.count, let number = cells[index].integer.flatMap(Int32.init(exactly:)) else {
            throw JournalDamage()
        }
        return number
    }

    private static func need<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw JournalDamage() }
        return value
    }
}

/// A journal row that this code did not write, or that the disk has changed.
struct JournalDamage: Error {}

extension JSONWriter {
    fileprivate mutating func named(_ number: Int32, _ name: String?) {
        raw("[")
        integer(number)
        raw(",")
        string(name)
        raw("]")
    }

    fileprivate mutating func event(_ event: StoredEvent) {
        raw("[")
        integer(event.user.number)
        raw(",")
        integer(event.device.number)
        raw(",")
        bool(event.carriesUserID)
        raw(",")
        integer(event.type.number)
        raw(",")
        integer(event.time.milliseconds)
        raw(",")
        integer(event.clientTime.milliseconds)
        raw(",")
        integer(event.uploadTime.milliseconds)
        raw(",")
        integer(event.sessionID)
        raw(",")
        if let eventID = event.eventID { integer(eventID) } else { raw("null") }
        raw(",")
        string(event.insertID)
        raw(",")
        integer(event.context.number)
        raw(",")
        integer(event.userProperties.number)
        raw(",")
        raw(event.eventProperties)
        raw(",")
        raw(event.extras ?? "null")
        if let revenue = event.revenue {
            raw(",")
            number(revenue)
        }
        raw("]")
    }
}
