import Storage

/// A ``FingerprintTable`` that forgets what was not asked for in a long time, so that its memory is bounded.
struct RecentTable<Value: BitwiseCopyable & Sendable>: Sendable {
    /// Two halves: what is asked for moves into the young one, and when that is full it takes the place of the old one.
    private var young: FingerprintTable<Value>
    private var old: FingerprintTable<Value>
    private let capacity: Int
    private let filler: Value
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
        young.set(key, value)
    }

    /// To be called between two changes: what is in here until then is not forgotten.
    mutating func shrink() {
        guard young.count > capacity / 2 else { return }
        if old.count > 0 { isComplete = false }
        old = young
        young = FingerprintTable(filler: filler)
    }
}
