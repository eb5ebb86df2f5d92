import EventModel
import JSONTape
import Storage

/// A person's user properties at one moment.
struct UserProperties: Sendable {
    private var values: [ExactText: PropertyValue] = [:]

    init() {}

    /// - Parameter json: a JSON object that ``text`` has made.
    init(json: String) throws {
        try JSONDocument.withRoot(of: Array(json.utf8)) { root in
            for (key, value) in root.members { values[ExactText(key.string)] = PropertyValue(value) }
        }
    }

    /// A JSON object with sorted keys: equal properties, and only those, give equal text.
    var text: String {
        var json = JSONWriter()
        json.object(values.keys.sorted().map { PropertyMember(key: $0.string, value: values[$0]!) })
        return json.text
    }

    var isEmpty: Bool { values.isEmpty }
    var names: [ExactText] { Array(values.keys) }

    /// Whether a person or a group may have these: few enough, or no more than there were before.
    /// Source: Documentation/events-and-identity.md E15.
    ///
    /// - Parameter text: what ``text`` gives.
    func fits(as text: String, after before: UserProperties) -> Bool {
        let size = text.utf8.count
        if values.count <= PropertyLimits.mostKeys, size <= PropertyLimits.largestProperties { return true }
        return values.count <= before.values.count && size <= before.text.utf8.count
    }

    /// Takes over the values of `other`, as far as `isLater`, or there is none here; and as far as they fit.
    ///
    /// - Returns: what was taken over.
    mutating func join(_ other: UserProperties, where isLater: (PersonProperty) -> Bool) -> [PersonProperty] {
        var taken: [PersonProperty] = []
        var size = text.utf8.count
        // In an order that does not depend on chance. A login is not refused for what its two sides had before it.
        for name in other.values.keys.sorted() where values[name] == nil || isLater(PersonProperty(name)) {
            guard let value = other.values[name] else { continue }
            let grown = size + Self.size(name, value) - (values[name].map { Self.size(name, $0) } ?? 0)
            let isFull = values[name] == nil && values.count >= PropertyLimits.mostKeys
            if isFull || grown > max(size, PropertyLimits.largestProperties) { continue }
            size = grown
            values[name] = value
            taken.append(PersonProperty(name))
        }
        return taken
    }

    /// Bytes that a property takes in ``text``.
    private static func size(_ name: ExactText, _ value: PropertyValue) -> Int {
        var json = JSONWriter()
        json.string(name.string)
        json.value(value)
        // A colon, and the comma to the next one.
        return json.count + 2
    }

    /// Sets plain keys, as an event's `user_properties` do.
    mutating func set(_ members: [PropertyMember]) {
        for member in members { values[ExactText(member.key)] = member.value }
    }

    /// Applies the operations of a `$identify`; plain keys beside them are set.
    ///
    /// The order is fixed, whatever the order in the request. Source: Documentation/events-and-identity.md E31.
    ///
    /// - Returns: the properties that have a value from it, be it the one that was there.
    @discardableResult
    mutating func identify(_ members: [PropertyMember]) -> Set<ExactText> {
        let plain = members.filter { PropertyOperation(rawValue: $0.key) == nil }
        set(plain)
        var received = Set(plain.map { ExactText($0.key) })
        for operation in PropertyOperation.allCases {
            for member in members where member.key == operation.rawValue { apply(operation, member.value, &received) }
        }
        return received.filter { values[$0] != nil }
    }

    private mutating func apply(
        _ operation: PropertyOperation,
        _ operand: PropertyValue,
        _ received: inout Set<ExactText>
    ) {
        if operation == .clearAll {
            values = [:]
            return
        }
        guard case .object(let members) = operand else { return }
        for member in members {
            let key = ExactText(member.key)
            if operation.sets(member.value, on: values[key]) { received.insert(key) }
            values[key] = operation.result(of: member.value, on: values[key])
        }
    }
}

/// What an identify can do to one property, in the order of application. Raw value: its key in requests.
/// Source: Documentation/events-and-identity.md E31.
enum PropertyOperation: String, CaseIterable {
    case clearAll = "$clearAll"
    case unset = "$unset"
    case set = "$set"
    case setOnce = "$setOnce"
    case add = "$add"
    case append = "$append"
    case prepend = "$prepend"
    case preInsert = "$preInsert"
    case postInsert = "$postInsert"
    case remove = "$remove"

    init?(_ key: JSONText) {
        // All others begin with another character.
        guard key.count > 0, key.word(at: 0) & 0xFF == UInt64(UInt8(ascii: "$")) else { return nil }
        self.init(rawValue: key.string)
    }

    /// Whether the property has its value from the operation then, be it the same as before.
    func sets(_ operand: PropertyValue, on old: PropertyValue?) -> Bool {
        if case .null = operand { return false }
        switch self {
        case .clearAll, .unset: return false
        case .set, .append, .prepend, .preInsert, .postInsert: return true
        case .setOnce: return old == nil
        case .add: return Self.isNumber(old ?? .integer(0)) && (Self.isNumber(operand) || Self.isNumberText(operand))
        case .remove: if case .list = old { return true } else { return false }
        }
    }

    private static func isNumber(_ value: PropertyValue) -> Bool {
        switch value {
        case .integer, .number: true
        default: false
        }
    }

    private static func isNumberText(_ value: PropertyValue) -> Bool {
        if case .string(let text) = value { number(text) != nil } else { false }
    }

    /// The property's value afterwards; `nil` if it has none.
    func result(of operand: PropertyValue, on old: PropertyValue?) -> PropertyValue? {
        if case .null = operand, self != .unset { return old }
        switch self {
        case .clearAll, .unset: return nil
        case .set: return operand
        case .setOnce: return old ?? operand
        case .add: return Self.sum(old, operand)
        // Where a list would become too long, it loses elements at the other end.
        case .append: return Self.list(endingWith: Self.elements(old) + Self.elements(operand))
        case .prepend: return Self.list(beginningWith: Self.elements(operand) + Self.elements(old))
        case .preInsert: return Self.list(beginningWith: Self.missing(operand, in: old) + Self.elements(old))
        case .postInsert: return Self.list(endingWith: Self.elements(old) + Self.missing(operand, in: old))
        case .remove:
            guard case .list(let elements) = old else { return old }
            let unwanted = Set(Self.elements(operand).map(\.json))
            return .list(elements.filter { !unwanted.contains($0.json) })
        }
    }

    private static func list(endingWith elements: [PropertyValue]) -> PropertyValue {
        .list(Array(elements.suffix(PropertyLimits.mostElements)))
    }

    private static func list(beginningWith elements: [PropertyValue]) -> PropertyValue {
        .list(Array(elements.prefix(PropertyLimits.mostElements)))
    }

    /// A missing number counts as 0; what is no number stays as it is. What is added may be written as text.
    private static func sum(_ old: PropertyValue?, _ operand: PropertyValue) -> PropertyValue? {
        switch (old ?? .integer(0), operand) {
        case (.integer(let a), .integer(let b)):
            let (sum, overflow) = a.addingReportingOverflow(b)
            return overflow ? .number(Double(a) + Double(b)) : .integer(sum)
        case (.integer(let a), .number(let b)): return .number(Double(a) + b)
        case (.number(let a), .integer(let b)): return .number(a + Double(b))
        // A sum beyond all doubles is no number.
        case (.number(let a), .number(let b)): return (a + b).isFinite ? .number(a + b) : old
        case (_, .string(let text)): return number(text).flatMap { sum(old, $0) } ?? old
        default: return old
        }
    }

    /// The number that a text is: digits with at most one point, and perhaps a sign and a power of ten.
    private static func number(_ text: String) -> PropertyValue? {
        let allowed = "0123456789+-.eE".utf8
        guard text.utf8.allSatisfy(allowed.contains) else { return nil }
        if let whole = Int64(text) { return .integer(whole) }
        return Double(text).flatMap { $0.isFinite ? .number($0) : nil }
    }

    /// A scalar counts as a list of one.
    private static func elements(_ value: PropertyValue?) -> [PropertyValue] {
        switch value {
        case nil, .null: []
        case .list(let elements): elements
        case let scalar?: [scalar]
        }
    }

    /// Those elements of the operand that are not present yet, each once.
    private static func missing(_ operand: PropertyValue, in old: PropertyValue?) -> [PropertyValue] {
        var present = Set(elements(old).map(\.json))
        return elements(operand).filter { present.insert($0.json).inserted }
    }
}

extension PropertyValue {
    /// The text by which values are compared: 3 and 3.0 are the same, and 3 and "3" are not.
    fileprivate var json: ExactText {
        var json = JSONWriter()
        json.value(self)
        return ExactText(json.text)
    }
}
