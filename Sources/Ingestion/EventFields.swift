import EventModel
import JSONTape

/// The fields of one event, sorted by what they are for, as far as they have the right kind of value.
struct EventFields {
    private let dialect: EventDialect
    private let remoteAddress: String?
    private(set) var userID: JSONValue?
    private(set) var deviceID: JSONValue?
    private(set) var type: JSONValue?
    /// Fields whose value is of the wrong kind, or too much.
    private(set) var invalid: [String] = []

    private var time: Timestamp?
    private var sessionID: Int64?
    private var eventID: Int64?
    private var insertID: String?
    private var context = EventContext()
    private var eventProperties: JSONValue?
    private var userProperties: JSONValue?
    private var groupProperties: JSONValue?
    private var groups: [EventGroup] = []
    private var groupType: String?
    private var groupValue: String?
    private var skipsUserProperties = false
    private var userAgent: String?
    private var ip: String?
    private var revenue = Revenue()
    /// Top-level revenue fields by the name that they have among event properties.
    private var revenueProperties: [(key: String, value: PropertyValue)] = []
    /// What has no place of its own, kept as it was sent.
    private var extras: [(key: JSONText, value: JSONValue)] = []

    /// - Parameter remoteAddress: the sender's, which `"ip": "$remote"` stands for.
    init(_ dialect: EventDialect, remoteAddress: String?) {
        self.dialect = dialect
        self.remoteAddress = remoteAddress
    }

    mutating func take(_ key: JSONText, _ value: JSONValue) {
        let sent = key.string
        let name = dialect.aliases[sent] ?? sent
        switch name {
        case "user_id": userID = value
        case "device_id": deviceID = value
        case "event_type": type = value
        case "time": time = whole(sent, value).map { Timestamp(milliseconds: $0) }
        case "session_id": sessionID = whole(sent, value)
        case "event_id": eventID = whole(sent, value)
        case "insert_id": insertID = text(sent, value)
        case "event_properties": eventProperties = object(sent, value)
        case "user_properties": userProperties = object(sent, value)
        case "group_properties": groupProperties = object(sent, value)
        case "groups": takeGroups(key, value)
        case "group_type" where dialect == .groupIdentification: groupType = text(sent, value)
        case "group_value" where dialect == .groupIdentification: groupValue = text(sent, value)
        case "$skip_user_properties_sync": skipsUserProperties = value.bool ?? false
        case "price", "quantity", "revenue": takeAmount(sent, value)
        case "productId", "product_id": takeRevenueText("$productId", sent, value)
        case "revenueType", "revenue_type": takeRevenueText("$revenueType", sent, value)
        case "currency": takeRevenueText("$currency", sent, value)
        case "ip": ip = value.string == "$remote" ? remoteAddress : value.string
        case "user_agent":
            userAgent = value.string
            extras.append((key, value))
        default:
            if let field = dialect.contextFields[name] {
                context[field] = text(sent, value)
            } else {
                extras.append((key, value))
            }
        }
    }

    /// Operations stand alone: plain keys beside them would leave open what comes first.
    mutating func refuseMixedOperations() {
        guard let userProperties else { return }
        let operations = userProperties.members.count { PropertyOperation(rawValue: $0.key.string) != nil }
        if operations > 0, operations < userProperties.members.count(where: { _ in true }) {
            invalid.append("user_properties")
        }
    }

    /// Whether a group is named in the way of `/groupidentify`.
    var hasGroup: Bool { groupType != nil && groupValue != nil }

    func event(userID: String?, deviceID: String?, type: String) -> IncomingEvent {
        var event = IncomingEvent(userID: userID, deviceID: deviceID, type: type)
        event.time = time
        event.sessionID = sessionID ?? -1
        event.eventID = eventID
        event.insertID = insertID
        event.context = context
        event.context.normalize(userAgent: userAgent)
        event.skipsUserProperties = skipsUserProperties
        event.groups = groups
        if let groupType, let groupValue { event.groups.append(EventGroup(type: groupType, value: groupValue)) }
        event.userProperties = Self.members(userProperties)
        event.groupProperties = Self.members(groupProperties)
        setProperties(of: &event)
        event.extras = extrasText
        return event
    }

    /// Revenue that stands at the top level is, for everything later, a property as SDKs send it.
    private func setProperties(of event: inout IncomingEvent) {
        var members = Self.members(eventProperties)
        event.revenue = revenue.amount ?? eventProperties.flatMap { Revenue(eventProperties: $0).amount }
        if let amount = revenue.amount {
            let added = revenueProperties + [(key: "$revenue", value: .number(amount))]
            members.removeAll { member in added.contains { $0.key == member.key } }
            members += added.map { PropertyMember(key: $0.key, value: $0.value) }
        }
        event.eventPropertyNames = members.map(\.key)
        var json = JSONWriter(capacity: 32 * members.count)
        json.object(members)
        event.eventProperties = json.text
    }

    // MARK: Kinds of values

    private mutating func whole(_ field: String, _ value: JSONValue) -> Int64? {
        if let number = value.integer { return number }
        invalid.append(field)
        return nil
    }

    private mutating func text(_ field: String, _ value: JSONValue) -> String? {
        guard let text = PropertyValue(value).label else {
            invalid.append(field)
            return nil
        }
        return text.isEmpty ? nil : PropertyLimits.cut(text)
    }

    private mutating func object(_ field: String, _ value: JSONValue) -> JSONValue? {
        guard value.kind == .object, PropertyLimits.allow(value) else {
            invalid.append(field)
            return nil
        }
        return value
    }

    private mutating func takeGroups(_ key: JSONText, _ value: JSONValue) {
        guard let groups = EventGroup.all(in: value) else {
            invalid.append(key.string)
            return
        }
        self.groups = groups
        extras.append((key, value))
    }

    private mutating func takeAmount(_ field: String, _ value: JSONValue) {
        guard let number = value.double else {
            invalid.append(field)
            return
        }
        switch field {
        case "price":
            revenue.price = number
            revenueProperties.append(("$price", PropertyValue(value)))
        case "quantity":
            revenue.quantity = number
            revenueProperties.append(("$quantity", PropertyValue(value)))
        default: revenue.revenue = number
        }
    }

    private mutating func takeRevenueText(_ property: String, _ field: String, _ value: JSONValue) {
        if let text = text(field, value) { revenueProperties.append((property, .string(text))) }
    }

    // MARK: Copies

    /// An object's members as they are stored: null is as good as missing, and long texts are cut.
    private static func members(_ object: JSONValue?) -> [PropertyMember] {
        guard let object else { return [] }
        return object.members.compactMap { member in
            if member.value.isNull { return nil }
            return PropertyMember(key: member.key.string, value: PropertyLimits.cut(PropertyValue(member.value)))
        }
    }

    private var extrasText: String? {
        if extras.isEmpty, ip == nil { return nil }
        var json = JSONWriter(capacity: 64 * extras.count + 32)
        json.raw("{")
        if let ip {
            json.raw("\"ip\":")
            json.string(ip)
        }
        for (index, member) in extras.enumerated() {
            if index > 0 || ip != nil { json.raw(",") }
            json.string(member.key.string)
            json.raw(":")
            json.value(member.value)
        }
        json.raw("}")
        return json.text
    }
}
