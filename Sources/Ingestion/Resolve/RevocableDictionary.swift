/// A dictionary whose changes since the last mark can be taken back.
struct RevocableDictionary<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private(set) var values: [Key: Value] = [:]
    /// What was there before each change since the mark, in order.
    private var changes: [(key: Key, before: Value?)] = []

    subscript(key: Key) -> Value? {
        get { values[key] }
        set {
            changes.append((key, values[key]))
            values[key] = newValue
        }
    }

    var count: Int { values.count }

    /// From now on changes can be taken back up to here.
    mutating func mark() {
        changes.removeAll(keepingCapacity: true)
    }

    mutating func takeBack() {
        for change in changes.reversed() { values[change.key] = change.before }
        mark()
    }

    /// Cannot be taken back.
    mutating func forget(_ key: Key) {
        values[key] = nil
    }

    /// Cannot be taken back.
    mutating func removeAll() {
        values = [:]
        changes = []
    }
}
