/// Remembers what was lately asked for: at least the last `capacity` keys, at most twice as many.
///
/// Two generations: when the young one is full, it becomes the old one, and the one before that is forgotten.
struct RecentlyUsed<Key: Hashable, Value> {
    private let capacity: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { young.count + old.count }

    subscript(key: Key) -> Value? {
        mutating get {
            if let value = young[key] { return value }
            guard let value = old.removeValue(forKey: key) else { return nil }
            self[key] = value
            return value
        }
        set {
            if young.count >= capacity {
                old = young
                young = [:]
            }
            young[key] = newValue
        }
    }
}
