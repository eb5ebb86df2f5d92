import EventModel
import JSONTape
import Storage

/// Reads and checks the events of a request, one after the other.
struct EventReader {
    /// Names of events that only the server makes.
    static let reservedTypes: Set<String> = [
        "[Amplitude] Start Session", "[Amplitude] End Session", "[Amplitude] Revenue",
        "[Amplitude] Revenue (Verified)", "[Amplitude] Revenue (Unverified)", "[Amplitude] Merged User",
    ]

    private let dialect: EventDialect
    private let minimumIDLength: Int
    /// Of the document that the events are in.
    var inspector: EventInspector
    private var fields: EventFields

    /// - Parameters:
    ///   - inspector: of the document that the events are in.
    ///   - remoteAddress: the sender's, as text; `nil` if it is not known.
    ///   - enrichment: what the server adds to what events say.
    init(
        _ dialect: EventDialect,
        minimumIDLength: Int,
        inspector: EventInspector,
        remoteAddress: String? = nil,
        enrichment: Enrichment = .none
    ) {
        self.dialect = dialect
        self.minimumIDLength = minimumIDLength
        self.inspector = inspector
        fields = EventFields(dialect, remoteAddress: remoteAddress, enrichment)
    }

    /// Adds an event to the request, or its problems to those of the others.
    ///
    /// - Parameter index: its place among the request's events.
    mutating func read(
        _ json: JSONValue,
        _ index: Int,
        into builder: inout RequestBuilder,
        _ problems: inout EventProblems
    ) {
        if let event = event(json, index, &builder, &problems) { builder.append(event) }
    }

    /// - Returns: `nil` if it has problems, which are added to the others.
    mutating func event(
        _ json: JSONValue,
        _ index: Int,
        _ builder: inout RequestBuilder,
        _ problems: inout EventProblems
    ) -> IncomingEvent? {
        fields.clear()
        for (key, value) in json.members where !value.isNull { fields.take(key, value) }
        let before = problems.count
        if !inspector.isIdle {
            for field in inspector.problems(of: json) { problems.invalid(field, index) }
        }
        let beforeIDs = problems.count
        var event = IncomingEvent()
        event.userID = id("user_id", fields.userID, index, &builder, &problems)
        event.deviceID = id("device_id", fields.deviceID, index, &builder, &problems)
        let hasNoID = event.userID.isNone && event.deviceID.isNone && problems.count == beforeIDs
        let isGroupIdentify: Bool
        if let implied = dialect.impliedType {
            event.type = builder.key(implied.utf8Span.span)
            isGroupIdentify = implied == EventNames.groupIdentify
        } else if let type = type(fields.type, index, &problems) {
            event.type =
                type.count <= PropertyLimits.longestText
                ? type.withBytes { builder.key($0) } : builder.key(PropertyLimits.cut(type.string).utf8Span.span)
            isGroupIdentify = type == "$groupidentify"
        } else {
            isGroupIdentify = false
        }
        if hasNoID, !isGroupIdentify {
            problems.missing("user_id", index)
        }
        if dialect == .groupIdentification, !fields.hasGroup { problems.missing("group_type", index) }
        fields.checkProperties()
        for field in fields.invalid { problems.invalid(field, index) }
        guard problems.count == before else { return nil }
        if event.deviceID.isNone, !event.userID.isNone {
            event.deviceID = builder.derivedDeviceID(event.userID)
            event.isDeviceDerived = true
        }
        fields.fill(&event, isGroupIdentify: isGroupIdentify, &builder)
        return event
    }

    private func id(
        _ field: String,
        _ value: JSONValue?,
        _ index: Int,
        _ builder: inout RequestBuilder,
        _ problems: inout EventProblems
    ) -> SentKey {
        switch SentID(value, minimumLength: minimumIDLength) {
        case .absent: break
        case .invalid: problems.invalid(field, index)
        case .short: problems.short(field, index)
        case .text(let text): return text.withBytes { builder.key($0) }
        case .string(let text): return builder.key(text.utf8Span.span)
        }
        return SentKey()
    }

    private func type(_ value: JSONValue?, _ index: Int, _ problems: inout EventProblems) -> JSONText? {
        guard let value else {
            problems.missing("event_type", index)
            return nil
        }
        guard let type = value.text, !Self.isReserved(type) else {
            problems.invalid("event_type", index)
            return nil
        }
        if type.count == 0 {
            problems.missing("event_type", index)
            return nil
        }
        return type
    }

    private static func isReserved(_ type: JSONText) -> Bool {
        // Hardly any type begins like those.
        type.withBytes { !$0.isEmpty && $0[0] == UInt8(ascii: "[") } && reservedTypes.contains(type.string)
    }
}
