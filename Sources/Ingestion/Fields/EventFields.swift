import EventModel
import JSONTape
import Storage

/// The fields of one event, sorted by what they are for, as far as they have the right kind of value.
///
/// Used again for each event of a request, so that its lists are not made anew.
struct EventFields {
    private let dialect: EventDialect
    private let remoteAddress: String?
    private let names = FieldNames.shared
    private var plain = PlainFields()
    /// Fields whose value is of the wrong kind, or too much.
    private(set) var invalid: [String] = []
    private var context: SentContext
    private var nameBytes: [UInt8] = []
    /// Top-level revenue fields by the name that they have among event properties.
    private var revenueProperties: [(key: String, value: PropertyValue)] = []
    /// What has no place of its own, kept as it was sent.
    private var extras: [(key: JSONText, value: JSONValue)] = []

    /// What is forgotten with each event by a single assignment.
    private struct PlainFields {
        var userID: JSONValue?
        var deviceID: JSONValue?
        var type: JSONValue?
        var time: Int64?
        var sessionID: Int64?
        var eventID: Int64?
        var sequenceNumber: Int64?
        var insertID: JSONValue?
        var eventProperties: JSONValue?
        var userProperties: JSONValue?
        var groupProperties: JSONValue?
        var groups: JSONValue?
        var hasNullGroup = false
        var groupType: JSONValue?
        var groupValue: JSONValue?
        var ip: JSONValue?
        var userAgent: JSONValue?
        var skipsUserProperties = false
        var revenue = Revenue()
    }

    /// - Parameter remoteAddress: the sender's, which `"ip": "$remote"` stands for.
    init(_ dialect: EventDialect, remoteAddress: String?, _ enrichment: Enrichment) {
        self.dialect = dialect
        self.remoteAddress = remoteAddress
        context = SentContext(enrichment)
    }

    var userID: JSONValue? { plain.userID }
    var deviceID: JSONValue? { plain.deviceID }
    var type: JSONValue? { plain.type }

    /// Begins the next event.
    mutating func clear() {
        plain = PlainFields()
        invalid.removeAll(keepingCapacity: true)
        context.clear()
        revenueProperties.removeAll(keepingCapacity: true)
        extras.removeAll(keepingCapacity: true)
    }

    mutating func take(_ key: JSONText, _ value: JSONValue) {
        guard let name = names(key, dialect) else {
            extras.append((key, value))
            return
        }
        switch name {
        case .userID: plain.userID = value
        case .deviceID: plain.deviceID = value
        case .type: plain.type = value
        case .time: plain.time = time(key, value)
        case .sessionID: plain.sessionID = whole(key, value)
        case .eventID: plain.eventID = whole(key, value)
        case .sequenceNumber: plain.sequenceNumber = whole(key, value)
        case .insertID: plain.insertID = scalar(key, value)
        case .eventProperties: plain.eventProperties = object(key, value)
        case .userProperties: plain.userProperties = object(key, value)
        case .groupProperties: plain.groupProperties = object(key, value)
        case .groups: takeGroups(key, value)
        case .groupType: plain.groupType = scalar(key, value)
        case .groupValue: plain.groupValue = scalar(key, value)
        case .skipsUserProperties: plain.skipsUserProperties = value.bool ?? false
        case .ip: plain.ip = value
        case .userAgent:
            plain.userAgent = value
            extras.append((key, value))
        case .price:
            plain.revenue.price = amount(key, value)
            takeRevenue("$price", PropertyValue(value))
        case .quantity:
            plain.revenue.quantity = amount(key, value)
            takeRevenue("$quantity", PropertyValue(value))
        case .revenue: plain.revenue.revenue = amount(key, value)
        case .productID: takeRevenueText("$productId", key, value)
        case .revenueType: takeRevenueText("$revenueType", key, value)
        case .currency: takeRevenueText("$currency", key, value)
        case .apiProperties:
            extras.append((key, value))
            takeAPIProperties(value)
        case .context(.library) where dialect == .legacy && value.kind == .object:
            context.take(libraryNamed: value["name"], version: value["version"])
        case .context(let field):
            if !context.take(field, value) { invalid.append(key.string) }
        }
    }

    /// What the first SDKs' first revenue call says of money. Source: Documentation/revenue.md M2.
    private mutating func takeAPIProperties(_ properties: JSONValue) {
        guard properties["special"]?.string == "revenue_amount" else { return }
        for (key, value) in properties.members where !value.isNull {
            switch names(key, dialect) {
            case .price, .quantity, .productID: take(key, value)
            default: break
            }
        }
    }

    /// Whether a group is named in the way of `/groupidentify`.
    var hasGroup: Bool { namedGroup != nil }

    /// Operations on user properties stand alone: plain keys beside them would leave open what comes first. No property is
    /// set to a list that is longer than it may become.
    mutating func checkProperties() {
        if let properties = plain.groupProperties, PropertyLimits.setsTooLongList(properties) {
            invalid.append("group_properties")
        }
        guard let userProperties = plain.userProperties else { return }
        if PropertyLimits.setsTooLongList(userProperties) { return invalid.append("user_properties") }
        var operations = 0
        var others = 0
        for (key, _) in userProperties.members {
            if PropertyOperation(key) == nil { others += 1 } else { operations += 1 }
        }
        if operations > 0, others > 0 { invalid.append("user_properties") }
    }

    // MARK: Kinds of values

    private mutating func whole(_ field: JSONText, _ value: JSONValue) -> Int64? {
        if let number = value.integer { return number }
        invalid.append(field.string)
        return nil
    }

    /// After 2100 it was meant in microseconds, or something else.
    private mutating func time(_ field: JSONText, _ value: JSONValue) -> Int64? {
        guard let time = whole(field, value) else { return nil }
        if time < PropertyLimits.endOfTimes.milliseconds { return time }
        invalid.append(field.string)
        return nil
    }

    /// What can be written as a text.
    private mutating func scalar(_ field: JSONText, _ value: JSONValue) -> JSONValue? {
        if value.kind != .object, value.kind != .array { return value }
        invalid.append(field.string)
        return nil
    }

    private mutating func object(_ field: JSONText, _ value: JSONValue) -> JSONValue? {
        guard value.kind == .object, PropertyLimits.allow(value) else {
            invalid.append(field.string)
            return nil
        }
        return value
    }

    private mutating func takeGroups(_ key: JSONText, _ value: JSONValue) {
        guard EventGroup.all(in: value) != nil else {
            invalid.append(key.string)
            return
        }
        plain.hasNullGroup = EventGroup.hasNull(value)
        if plain.hasNullGroup, EventGroup.members(of: value).isEmpty { return }
        plain.groups = value
        // Beside a group that is named in the other way they are kept with it.
        if dialect != .groupIdentification { extras.append((key, value)) }
    }

    private mutating func amount(_ field: JSONText, _ value: JSONValue) -> Double? {
        if let number = value.double { return number }
        invalid.append(field.string)
        return nil
    }

    private mutating func takeRevenueText(_ property: String, _ field: JSONText, _ value: JSONValue) {
        if let text = Self.text(scalar(field, value)) { takeRevenue(property, .string(text)) }
    }

    /// What is said in two spellings, or in two places, is one property: the later word holds.
    private mutating func takeRevenue(_ property: String, _ value: PropertyValue) {
        revenueProperties.removeAll { $0.key == property }
        revenueProperties.append((property, value))
    }

    /// A scalar as it is stored; `nil` if it is empty.
    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.label, !text.isEmpty else { return nil }
        return PropertyLimits.cut(text)
    }

    // MARK: The event

    mutating func fill(_ event: inout IncomingEvent, isGroupIdentify: Bool, _ builder: inout RequestBuilder) {
        if let time = plain.time {
            event.hasTime = true
            event.row.clientTime = Timestamp(milliseconds: time)
        }
        event.row.sessionID = plain.sessionID ?? -1
        // They count events and identifies apart, but all of a device by the sequence number.
        event.row.eventID = plain.sequenceNumber ?? plain.eventID
        event.skipsUserProperties = plain.skipsUserProperties
        fillInsertID(of: &event, &builder)
        event.context = contextKey(&builder)
        fillUserProperties(of: &event, &builder)
        if isGroupIdentify { event.groupChange = builder.groupChange(groupChange) }
        fillProperties(of: &event, &builder)
        event.row.extras = writeExtras(&builder.texts)
    }

    private func fillInsertID(of event: inout IncomingEvent, _ builder: inout RequestBuilder) {
        if let text = plain.insertID?.text, text.count <= PropertyLimits.longestText {
            if text.count == 0 { return }
            text.withBytes { id in
                event.row.insertUUID = UUIDText.number(id)
                if event.row.insertUUID == nil { event.row.insertID = builder.texts.range { $0.raw(utf8: id) } }
                event.insertID = builder.fingerprint(event.deviceID, insertID: id)
            }
        } else if let id = Self.text(plain.insertID) {
            event.row.insertID = builder.texts.range { $0.raw(id) }
            event.insertID = builder.fingerprint(event.deviceID, insertID: id.utf8Span.span)
        } else {
            return
        }
        event.hasInsertID = true
    }

    private mutating func contextKey(_ builder: inout RequestBuilder) -> SentKey {
        if let ip = plain.ip?.text {
            if ip == "$remote" {
                if let remoteAddress { context.fill(address: remoteAddress.utf8Span.span) }
            } else {
                ip.withBytes { context.fill(address: $0) }
            }
        }
        if let userAgent = plain.userAgent?.text { userAgent.withBytes { context.fill(userAgent: $0) } }
        return context.key(&builder)
    }

    private func fillUserProperties(of event: inout IncomingEvent, _ builder: inout RequestBuilder) {
        guard let properties = plain.userProperties, properties.members.contains(where: { !$0.value.isNull }) else {
            return
        }
        var json = JSONWriter()
        json.value(properties)
        event.userProperties = json.withBytes { builder.key($0) }
    }

    /// The group that is named in the way of `/groupidentify`.
    private var namedGroup: EventGroup? {
        guard let type = Self.text(plain.groupType), let value = Self.text(plain.groupValue) else { return nil }
        return EventGroup(type: type, value: value)
    }

    private var groupChange: GroupChange {
        let groups = plain.groups.flatMap { EventGroup.all(in: $0) } ?? []
        return GroupChange(
            groups: groups + [namedGroup].compactMap { $0 },
            operations: plain.groupProperties.map { PropertyLimits.members(of: $0) } ?? []
        )
    }

    /// Writes the event properties, without those that are null.
    private mutating func fillProperties(of event: inout IncomingEvent, _ builder: inout RequestBuilder) {
        if let amount = plain.revenue.amount {
            event.row.revenue = amount
            return fillProperties(of: &event, revenue: amount, &builder)
        }
        guard let properties = plain.eventProperties else { return }
        var speaksOfMoney = false
        let range = builder.texts.range { speaksOfMoney = $0.eventProperties(properties, names: &nameBytes) }
        if nameBytes.isEmpty { return }
        event.row.eventProperties = range
        if speaksOfMoney { event.row.revenue = Revenue(eventProperties: properties).amount }
        event.propertyNames = builder.fingerprint(nameBytes.span)
    }

    /// Revenue that stands at the top level is, for everything later, a property as SDKs send it.
    private mutating func fillProperties(
        of event: inout IncomingEvent,
        revenue amount: Double,
        _ builder: inout RequestBuilder
    ) {
        var members = plain.eventProperties.map { PropertyLimits.members(of: $0) } ?? []
        let added = revenueProperties + [(key: "$revenue", value: .number(amount))]
        members.removeAll { member in added.contains { $0.key == member.key } }
        members += added.map { PropertyMember(key: $0.key, value: $0.value) }
        event.row.eventProperties = builder.texts.range { $0.object(members) }
        nameBytes.removeAll(keepingCapacity: true)
        for member in members {
            nameBytes.append(contentsOf: member.key.utf8)
            nameBytes.append(0xFF)
        }
        event.propertyNames = builder.fingerprint(nameBytes.span)
    }

    private func writeExtras(_ texts: inout JSONWriter) -> TextRange {
        let ip = plain.ip?.text
        let isRemote = ip.map { $0 == "$remote" } ?? false
        let hasIP = isRemote ? remoteAddress != nil : ip != nil
        let namesGroups = dialect == .groupIdentification
        if extras.isEmpty, !hasIP, !namesGroups { return .none }
        return texts.range { json in
            json.byte(UInt8(ascii: "{"))
            if hasIP { json.raw("\"ip\":") }
            if isRemote {
                if let remoteAddress { json.string(remoteAddress) }
            } else if let ip {
                json.string(ip)
            }
            if namesGroups {
                if hasIP { json.byte(UInt8(ascii: ",")) }
                json.raw("\"groups\":")
                json.object(namedGroups)
            }
            for (index, member) in extras.enumerated() {
                if index > 0 || hasIP || namesGroups { json.byte(UInt8(ascii: ",")) }
                json.string(member.key)
                json.byte(UInt8(ascii: ":"))
                if plain.hasNullGroup, names(member.key, dialect).isGroups {
                    json.object(EventGroup.members(of: member.value))
                } else {
                    json.value(member.value)
                }
            }
            json.byte(UInt8(ascii: "}"))
        }
    }

    /// The groups of an event of `/groupidentify`, as other events name theirs.
    private var namedGroups: [PropertyMember] {
        var members = plain.groups.map { EventGroup.members(of: $0) } ?? []
        guard let group = namedGroup else { return members }
        members.removeAll { ExactText($0.key) == group.type }
        members.append(PropertyMember(key: group.type.string, value: .string(group.value.string)))
        return members
    }
}

extension FieldName? {
    fileprivate var isGroups: Bool { if case .groups = self { true } else { false } }
}
