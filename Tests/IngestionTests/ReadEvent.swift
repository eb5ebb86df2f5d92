import EventModel
import JSONTape
import Storage

@testable import Ingestion

/// An event of a decoded request, with everything as values.
struct ReadEvent {
    var userID: String?
    var deviceID: String?
    var type: String
    var time: Timestamp?
    var sessionID: Int64
    var eventID: Int64?
    var insertID: String?
    var context: EventContext
    var contextFingerprint: Fingerprint
    var eventProperties: String
    var eventPropertyNames: [String]
    var userProperties: [PropertyMember]
    var revenue: Double?
    var extras: String?
}

extension IncomingBatch {
    var readEvents: [ReadEvent] {
        events.map { event in
            func text(_ range: TextRange) -> String? {
                range.isNone ? nil : String(decoding: texts[range.range], as: UTF8.self)
            }
            let properties = text(event.row.eventProperties) ?? "{}"
            return ReadEvent(
                userID: userID(of: event),
                deviceID: deviceID(of: event),
                type: key(event.type.range) ?? "",
                time: event.hasTime ? event.row.clientTime : nil,
                sessionID: event.row.sessionID,
                eventID: event.row.eventID,
                insertID: event.row.insertUUID.map { UUIDText.text($0) } ?? text(event.row.insertID),
                context: EventContext(sent: keys[event.context.range.range]),
                contextFingerprint: event.context.fingerprint,
                eventProperties: properties,
                eventPropertyNames: members(of: properties).map(\.key),
                userProperties: key(event.userProperties.range).map { members(of: $0) } ?? [],
                revenue: event.row.revenue,
                extras: text(event.row.extras)
            )
        }
    }
}

private func members(of json: String) -> [PropertyMember] {
    (try? JSONDocument.withRoot(of: Array(json.utf8)) { PropertyLimits.members(of: $0) }) ?? []
}

/// A request's events, from JSON.
func decoded(_ events: String) throws(RequestRefusal) -> IncomingBatch {
    let body = "{\"api_key\":\"key\",\"options\":{\"min_id_length\":1},\"events\":[\(events)]}"
    return try RequestDecoder.decode(Array(body.utf8)).events.get()
}
