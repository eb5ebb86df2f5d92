import Storage

/// A ``FingerprintTable`` that forgets what was not asked for in a long time, so that its memory is bounded.
struct RecentTable<Value: BitwiseCopyable & Sendable>: Sendable {
    /// Two halves: what is asked for moves into the young one, and when that is full it takes the place of the old one.
    private var young: FingerprintTable<Value>
    private var old: FingerprintTable<Value>
    private let capacity: Int
    private let filler: Value
    /// What the young half had before each change since the mark, in order.
    private var changes: [(key: Fingerprint, before: Value?)] = []
    /// False once anything was forgotten.
    private(set) var isComplete = true

    /// - Parameter filler: any value.
    init(capacity: Int, filler: Value) {
        self.capacity = capacity
        self.filler = filler
        young = FingerprintTable(filler: filler)
        old = FingerprintTable(filler: filler)
    }

    mutating func value(_ key: Fingerprint) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        young.set(key, value)
        return value
    }

    func touch(_ key: Fingerprint) -> UInt64 { young.touch(key) }

    mutating func set(_ key: Fingerprint, _ value: Value) {
        changes.append((key, young.set(key, value)))
    }

    /// From now on changes can be taken back up to here.
    mutating func mark() {
        changes.removeAll(keepingCapacity: true)
    }

    mutating func takeBack() {
        for (key, before) in changes.reversed() {
            // What the old half knows of the key is seen again without the young one.
            if let before { young.set(key, before) } else { young.remove(key) }
        }
        mark()
    }

    /// To be called between two changes: what is in here until then is not forgotten.
    mutating func shrink() {
        mark()
        guard young.count > capacity / 2 else { return }
        if old.count > 0 { isComplete = false }
        old = young
        young = FingerprintTable(filler: filler)
    }
}
