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
    private var sequenceNumber: Int64?
    private var insertID: String?
    private var eventProperties: JSONValue?
    private var userProperties: JSONValue?
    private var groupProperties: JSONValue?
    private var groups: [EventGroup] = []
    private var groupType: String?
    private var groupValue: String?
    private var skipsUserProperties = false
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

    mutating func take(_ key: JSONText, _ value: JSONValue, _ interner: inout RequestInterner) {
        guard let name = FieldName(key, dialect) else {
            extras.append((key, value))
            return
        }
        switch name {
        case .userID: userID = value
        case .deviceID: deviceID = value
        case .type: type = value
        case .time: time = whole(key, value).map { Timestamp(milliseconds: $0) }
        case .sessionID: sessionID = whole(key, value)
        case .eventID: eventID = whole(key, value)
        case .sequenceNumber: sequenceNumber = whole(key, value)
        case .insertID: insertID = text(key, value)
        case .eventProperties: eventProperties = object(key, value)
        case .userProperties: userProperties = object(key, value)
        case .groupProperties: groupProperties = object(key, value)
        case .groups: takeGroups(key, value)
        case .groupType: groupType = text(key, value)
        case .groupValue: groupValue = text(key, value)
        case .skipsUserProperties: skipsUserProperties = value.bool ?? false
        case .ip:
            ip = value.string == "$remote" ? remoteAddress : value.string
            interner.take(address: ip)
        case .userAgent:
            interner.take(userAgent: value)
            extras.append((key, value))
        case .price:
            revenue.price = amount(key, value)
            takeRevenue("$price", PropertyValue(value))
        case .quantity:
            revenue.quantity = amount(key, value)
            takeRevenue("$quantity", PropertyValue(value))
        case .revenue: revenue.revenue = amount(key, value)
        case .productID: takeRevenueText("$productId", key, value)
        case .revenueType: takeRevenueText("$revenueType", key, value)
        case .currency: takeRevenueText("$currency", key, value)
        case .apiProperties:
            extras.append((key, value))
            takeAPIProperties(value, &interner)
        case .context(.library) where dialect == .legacy && value.kind == .object:
            interner.take(libraryNamed: value["name"], version: value["version"])
        case .context(let field):
            if !interner.take(field, value) { invalid.append(key.string) }
        }
    }

    /// What the first SDKs' first revenue call says of money. Source: reference/ingest.md §1.
    private mutating func takeAPIProperties(_ properties: JSONValue, _ interner: inout RequestInterner) {
        guard properties["special"]?.string == "revenue_amount" else { return }
        for (key, value) in properties.members where !value.isNull {
            switch FieldName(key, dialect) {
            case .price, .quantity, .productID: take(key, value, &interner)
            default: break
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

    func event(
        userID: String?,
        deviceID: String?,
        type: String,
        _ interner: inout RequestInterner
    ) -> IncomingEvent {
        var event = IncomingEvent(userID: userID, deviceID: deviceID, type: type)
        event.time = time
        event.sessionID = sessionID ?? -1
        // They count events and identifies apart, but all of a device by the sequence number.
        event.eventID = sequenceNumber ?? eventID
        event.insertID = insertID
        let (context, fingerprint) = interner.context()
        event.context = context
        event.contextFingerprint = fingerprint
        event.skipsUserProperties = skipsUserProperties
        event.groups = groups
        if let groupType, let groupValue { event.groups.append(EventGroup(type: groupType, value: groupValue)) }
        event.userProperties = Self.members(userProperties)
        event.groupProperties = Self.members(groupProperties)
        setProperties(of: &event, &interner)
        event.extras = extrasText
        return event
    }

    private func setProperties(of event: inout IncomingEvent, _ interner: inout RequestInterner) {
        event.revenue = revenue.amount ?? eventProperties.flatMap { Revenue(eventProperties: $0).amount }
        if let amount = revenue.amount { return setProperties(of: &event, withRevenue: amount) }
        guard let eventProperties else { return }
        (event.eventPropertyNames, event.eventPropertyNamesFingerprint) = interner.names(of: eventProperties)
        var json = JSONWriter(capacity: 32 * event.eventPropertyNames.count)
        json.stored(eventProperties, leavingOutNulls: true)
        event.eventProperties = json.text
    }

    /// Revenue that stands at the top level is, for everything later, a property as SDKs send it.
    private func setProperties(of event: inout IncomingEvent, withRevenue amount: Double) {
        var members = Self.members(eventProperties)
        let added = revenueProperties + [(key: "$revenue", value: .number(amount))]
        members.removeAll { member in added.contains { $0.key == member.key } }
        members += added.map { PropertyMember(key: $0.key, value: $0.value) }
        event.eventPropertyNames = members.map(\.key)
        var json = JSONWriter(capacity: 32 * members.count)
        json.object(members)
        event.eventProperties = json.text
    }

    // MARK: Kinds of values

    private mutating func whole(_ field: JSONText, _ value: JSONValue) -> Int64? {
        if let number = value.integer { return number }
        invalid.append(field.string)
        return nil
    }

    private mutating func text(_ field: JSONText, _ value: JSONValue) -> String? {
        guard let text = PropertyValue(value).label else {
            invalid.append(field.string)
            return nil
        }
        return text.isEmpty ? nil : PropertyLimits.cut(text)
    }

    private mutating func object(_ field: JSONText, _ value: JSONValue) -> JSONValue? {
        guard value.kind == .object, PropertyLimits.allow(value) else {
            invalid.append(field.string)
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

    private mutating func amount(_ field: JSONText, _ value: JSONValue) -> Double? {
        if let number = value.double { return number }
        invalid.append(field.string)
        return nil
    }

    private mutating func takeRevenueText(_ property: String, _ field: JSONText, _ value: JSONValue) {
        if let text = text(field, value) { takeRevenue(property, .string(text)) }
    }

    /// What is said in two spellings, or in two places, is one property: the later word holds.
    private mutating func takeRevenue(_ property: String, _ value: PropertyValue) {
        revenueProperties.removeAll { $0.key == property }
        revenueProperties.append((property, value))
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
            json.string(member.key)
            json.raw(":")
            json.value(member.value)
        }
        json.raw("}")
        return json.text
    }
}
