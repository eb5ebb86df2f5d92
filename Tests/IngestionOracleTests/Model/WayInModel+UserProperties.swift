/// User properties and the operations on them. Source: Documentation/events-and-identity.md E31.
extension WayInModel {
    static let operations = [
        "$clearAll", "$unset", "$set", "$setOnce", "$add", "$append", "$prepend", "$preInsert", "$postInsert",
        "$remove",
    ]

    /// - Returns: the properties that have their value from it.
    @discardableResult
    static func apply(_ sent: Plain?, to properties: inout [String: Plain]) -> Set<String> {
        let sent = sent?.stored.members ?? [:]
        var received: Set<String> = []
        for (key, value) in sent where !operations.contains(key) {
            properties[key] = value
            received.insert(key)
        }
        for operation in operations {
            guard let operand = sent[operation] else { continue }
            if operation == "$clearAll" { properties = [:] }
            for field in operand.fields {
                let old = properties[field.key]
                properties[field.key] = result(operation, old, field.value)
                if isEffective(operation, old, field.value) { received.insert(field.key) }
            }
        }
        return received.filter { properties[$0] != nil }
    }

    /// Whether an operation does what it says, and does not leave what is there because it cannot be done, or not twice.
    static func isEffective(_ operation: String, _ old: Plain?, _ value: Plain) -> Bool {
        if value == .null { return false }
        switch operation {
        case "$setOnce": return old == nil
        case "$add":
            guard case .number = old ?? .number(0) else { return false }
            if case .text(let text) = value { return Double(text) != nil }
            if case .number = value { return true } else { return false }
        case "$remove": if case .list = old { return true } else { return false }
        default: return true
        }
    }

    static func result(_ operation: String, _ old: Plain?, _ value: Plain) -> Plain? {
        if operation == "$unset" { return nil }
        if value == .null { return old }
        switch operation {
        case "$set": return value
        case "$setOnce": return old ?? value
        case "$add":
            var addend = value
            // A number that is written as text.
            if case .text(let text) = value, let number = Double(text) { addend = .number(number) }
            guard case .number(let a) = old ?? .number(0), case .number(let b) = addend else { return old }
            return .number(a + b)
        case "$append": return .list((list(old) + list(value)).suffix(1_000))
        case "$prepend": return .list(Array((list(value) + list(old)).prefix(1_000)))
        case "$preInsert": return .list(Array((new(list(value), beside: list(old)) + list(old)).prefix(1_000)))
        case "$postInsert": return .list((list(old) + new(list(value), beside: list(old))).suffix(1_000))
        case "$remove":
            guard case .list(let elements) = old else { return old }
            return .list(elements.filter { !list(value).contains($0) })
        default: return old
        }
    }

    /// Source: Documentation/events-and-identity.md E15.
    static func fits(_ properties: [String: Plain], after before: [String: Plain]) -> Bool {
        func size(_ properties: [String: Plain]) -> Int { Plain(properties).storedSize }
        if properties.count <= 1_024, size(properties) <= 262_144 { return true }
        return properties.count <= before.count && size(properties) <= size(before)
    }

    /// Names are in order by the bytes of their UTF-8.
    static func precedes(_ a: String, _ b: String) -> Bool {
        Plain.unspelled(a).utf8.lexicographicallyPrecedes(Plain.unspelled(b).utf8)
    }

    static func list(_ value: Plain?) -> [Plain] {
        guard let value else { return [] }
        if case .list(let elements) = value { return elements }
        return [value]
    }

    /// Those that are not present yet, one after the other.
    static func new(_ values: [Plain], beside old: [Plain]) -> [Plain] {
        var new: [Plain] = []
        for value in values where !(old + new).contains(value) { new.append(value) }
        return new
    }
}
