import EventModel
import JSONTape
import Storage

/// Why a line cannot be stored: a sentence without a stop, which names the field and a valid value.
struct LineProblem: Error {
    var sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}

/// Reads rows of exports, one after the other. Source: Documentation/data.md D26.
///
/// What `EventExport/ExportRow` would tell otherwise than the row does is kept as it is, in `imported` of the extras.
struct ExportedRowReader {
    private var values = ExportedValues()
    private var context = SentContext(.none)
    private var nameBytes: [UInt8] = []
    private var scratch: [UInt8] = []

    /// A larger number would leave none for people of our own.
    static let largestAmplitudeID: Int64 = 1 << 62

    /// - Parameters:
    ///   - isSuspicious: whether U+0000, or a number beyond a double, is somewhere in the document.
    ///   - place: stands for the line, should the row have no `uuid`.
    mutating func read(
        _ row: JSONValue,
        isSuspicious: Bool,
        place: Fingerprint,
        into builder: inout RequestBuilder
    ) throws(LineProblem) -> (IncomingEvent, ImportedTraits) {
        values.read(row)
        if isSuspicious { try checkTexts() }
        let times = try times()
        var event = IncomingEvent()
        event.hasTime = true
        event.row.clientTime = times.client
        event.row.uploadTime = times.upload
        event.row.sessionID = try whole(.sessionID) ?? -1
        event.row.eventID = try whole(.eventID)
        let amplitudeID = try amplitudeID()
        event.type = try type(&builder)
        event.userID = try id(.userID, &builder)
        event.deviceID = try id(.deviceID, &builder)
        if event.userID.isNone, event.deviceID.isNone, amplitudeID == nil {
            throw LineProblem("one of amplitude_id, user_id and device_id must be there, such as \"user_id\":\"ann\"")
        }
        if event.deviceID.isNone, !event.userID.isNone {
            event.deviceID = builder.derivedDeviceID(event.userID)
            event.isDeviceDerived = true
        }
        fillInsertID(of: &event, &builder)
        event.context = fillContext(&builder)
        event.userProperties = try userProperties(&builder)
        try fillProperties(of: &event, &builder)
        event.row.extras = writeExtras(times.received, &builder.texts)
        let traits = ImportedTraits(
            fingerprint: fingerprint ?? place,
            amplitudeID: amplitudeID,
            time: times.event,
            receivedAt: times.received,
            isWhole: true
        )
        return (event, traits)
    }

    // MARK: Checks

    /// What no store can hold as text.
    private func checkTexts() throws(LineProblem) {
        for field in ExportedField.allCases {
            guard let value = values[field] else { continue }
            let isName = [.insertID, .userID, .deviceID, .eventType].contains(field)
            if value.hasKeyWithZeroCharacter || isName && value.text?.hasZeroCharacter ?? false {
                throw LineProblem("\(field.name) must not have the character U+0000 in it")
            }
            if value.holdsNumberBeyondDouble { throw LineProblem("\(field.name) has a number that no double can hold") }
        }
        for (key, value) in values.others where key.hasZeroCharacter || value.hasKeyWithZeroCharacter {
            throw LineProblem("\(key.string) must not have the character U+0000 in it")
        }
    }

    private struct Times {
        var event, client, upload, received: Timestamp
    }

    private func times() throws(LineProblem) -> Times {
        let client = try time(.clientEventTime)
        let told = try time(.eventTime)
        guard let event = told ?? client else {
            throw LineProblem("event_time must be a time, such as \"2026-01-31 23:59:59.123000\"")
        }
        var received = try time(.serverUploadTime)
        if received == nil { received = try time(.serverReceivedTime) }
        let upload = try time(.clientUploadTime)
        return Times(
            event: event,
            client: client ?? event,
            upload: upload ?? received ?? event,
            received: received ?? event
        )
    }

    private func time(_ field: ExportedField) throws(LineProblem) -> Timestamp? {
        guard let value = values[field] else { return nil }
        guard let text = value.text, let time = Timestamp(exported: text) else {
            throw LineProblem("\(field.name) must be a time, such as \"2026-01-31 23:59:59.123000\"")
        }
        return time
    }

    private func whole(_ field: ExportedField) throws(LineProblem) -> Int64? {
        guard let value = values[field] else { return nil }
        guard let number = value.integer else { throw LineProblem("\(field.name) must be a whole number, such as 7") }
        return number
    }

    private func amplitudeID() throws(LineProblem) -> AmplitudeID? {
        guard let number = try whole(.amplitudeID) else { return nil }
        guard (1...Self.largestAmplitudeID).contains(number) else {
            throw LineProblem("amplitude_id must be a whole number from 1 to \(Self.largestAmplitudeID)")
        }
        return AmplitudeID(number)
    }

    private func type(_ builder: inout RequestBuilder) throws(LineProblem) -> SentKey {
        guard let type = values[.eventType]?.text, type.count > 0 else {
            throw LineProblem("event_type must be a text, such as \"Play\"")
        }
        if type.count <= PropertyLimits.longestText { return type.withBytes { builder.key($0) } }
        return builder.key(PropertyLimits.cut(type.string).utf8Span.span)
    }

    /// Whatever it is: those that clients may not send were sent before they might not.
    private func id(_ field: ExportedField, _ builder: inout RequestBuilder) throws(LineProblem) -> SentKey {
        guard let value = values[field] else { return SentKey() }
        guard let id = value.label, PropertyLimits.cut(id).utf8.count == id.utf8.count else {
            throw LineProblem("\(field.name) must be a text of at most \(PropertyLimits.longestText) characters")
        }
        return id.isEmpty ? SentKey() : builder.key(id.utf8Span.span)
    }

    // MARK: What it says

    /// A server may have given the same uuid to another event of another project, as ours do.
    private var fingerprint: Fingerprint? {
        mutating get {
            guard let uuid = values[.uuid]?.text, uuid.count > 0 else { return nil }
            scratch.removeAll(keepingCapacity: true)
            uuid.append(to: &scratch)
            for field in [ExportedField.eventTime, .eventType, .deviceID, .userID] {
                scratch.append(0)
                values[field]?.text?.append(to: &scratch)
            }
            scratch.append(0)
            if let id = values[.amplitudeID]?.integer { scratch.append(contentsOf: String(id).utf8) }
            return Fingerprint(hashing: scratch.span)
        }
    }

    private func fillInsertID(of event: inout IncomingEvent, _ builder: inout RequestBuilder) {
        guard let text = values[.insertID]?.text, text.count > 0 else { return }
        text.withBytes { id in
            event.row.insertUUID = UUIDText.number(id)
            if event.row.insertUUID == nil { event.row.insertID = builder.texts.range { $0.raw(utf8: id) } }
            event.insertID = builder.fingerprint(event.deviceID, insertID: id)
        }
        event.hasInsertID = true
    }

    private static let contextFields: [(ExportedField, ContextField)] = [
        (.versionName, .version), (.platform, .platform), (.osName, .osName), (.osVersion, .osVersion),
        (.deviceBrand, .deviceBrand), (.deviceManufacturer, .deviceManufacturer), (.deviceModel, .deviceModel),
        (.deviceCarrier, .carrier), (.country, .country), (.region, .region), (.city, .city), (.dma, .dma),
        (.language, .language), (.library, .library), (.startVersion, .startVersion),
    ]

    private mutating func fillContext(_ builder: inout RequestBuilder) -> SentKey {
        context.clear()
        for (exported, field) in Self.contextFields {
            if let value = values[exported] { _ = context.take(field, value) }
        }
        if let paying = values[.paying], paying.bool ?? (paying.string == "true") { _ = context.take(.paying, paying) }
        return context.key(&builder)
    }

    private func userProperties(_ builder: inout RequestBuilder) throws(LineProblem) -> SentKey {
        guard let properties = try object(.userProperties), properties.members.contains(where: { !$0.value.isNull })
        else { return SentKey() }
        var json = JSONWriter()
        json.value(properties)
        return json.withBytes { builder.key($0) }
    }

    private func object(_ field: ExportedField) throws(LineProblem) -> JSONValue? {
        guard let value = values[field] else { return nil }
        guard value.kind == .object, PropertyLimits.allow(value) else {
            throw LineProblem(
                "\(field.name) must be an object of at most \(PropertyLimits.mostKeys) properties, at most"
                    + " \(PropertyLimits.deepestNesting) levels deep"
            )
        }
        return value
    }

    private mutating func fillProperties(
        of event: inout IncomingEvent,
        _ builder: inout RequestBuilder
    ) throws(LineProblem) {
        guard let properties = try object(.eventProperties) else { return }
        var speaksOfMoney = false
        let range = builder.texts.range { speaksOfMoney = $0.eventProperties(properties, names: &nameBytes) }
        if nameBytes.isEmpty { return }
        event.row.eventProperties = range
        if speaksOfMoney { event.row.revenue = Revenue(eventProperties: properties).amount }
        event.propertyNames = builder.fingerprint(nameBytes.span)
    }

    // MARK: What has no column

    private static let plainExtras: [(ExportedField, StaticString)] = [
        (.adid, "adid"), (.groups, "groups"), (.idfa, "idfa"), (.ipAddress, "ip"), (.locationLat, "location_lat"),
        (.locationLng, "location_lng"), (.partnerID, "partner_id"), (.plan, "plan"), (.sourceID, "source_id"),
    ]

    /// Fields that a row of ours would not have, or otherwise.
    private static let keptFields: [ExportedField] = [
        .insertKey, .schema, .attributionIDs, .amplitudeEventType, .data, .globalUserProperties, .groupProperties,
        .isAttributionEvent, .sampleRate, .userCreationTime, .uuid,
    ]

    private func writeExtras(_ received: Timestamp, _ texts: inout JSONWriter) -> TextRange {
        texts.range { json in
            json.byte(UInt8(ascii: "{"))
            for (field, key) in Self.plainExtras {
                guard let value = values[field], !value.isEmptyObject else { continue }
                json.first(key)
                json.value(value)
            }
            for (key, value) in values.others where !(key == "imported") {
                json.comma()
                json.string(key)
                json.byte(UInt8(ascii: ":"))
                json.value(value)
            }
            json.first("imported")
            json.byte(UInt8(ascii: "{"))
            for field in Self.keptFields {
                // Ours has `{}` for the others, and null for this one.
                guard let value = values[field], field == .globalUserProperties || !value.isEmptyObject else {
                    continue
                }
                json.first(field.name)
                json.value(value)
            }
            for field in [ExportedField.deviceFamily, .deviceType] {
                guard let value = values[field], value.string != values[.deviceModel]?.string else { continue }
                json.first(field.name)
                json.value(value)
            }
            for field in [ExportedField.clientUploadTime, .serverReceivedTime] {
                guard let text = values[field]?.text, Timestamp(exported: text) != received else { continue }
                json.first(field.name)
                json.string(text)
            }
            json.raw("}}")
        }
    }
}

extension JSONValue {
    fileprivate var isEmptyObject: Bool { kind == .object && !members.contains { _ in true } }
}

extension JSONWriter {
    /// A comma, unless what comes is the first of its object.
    fileprivate mutating func comma() {
        if withBytes({ $0[$0.count - 1] }) != UInt8(ascii: "{") { byte(UInt8(ascii: ",")) }
    }

    /// A key, behind a comma if it needs one.
    fileprivate mutating func first(_ key: StaticString) {
        comma()
        byte(UInt8(ascii: "\""))
        raw(key)
        raw("\":")
    }
}
