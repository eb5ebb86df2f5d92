import Storage

/// Values by fingerprint: open addressing in one flat array, so that a look is mostly one access to memory.
///
/// Two keys of equal fingerprints count as one: with 128 bits that does not happen.
struct FingerprintTable<Value: BitwiseCopyable & Sendable>: Sendable {
    private struct Slot: BitwiseCopyable {
        var high: UInt64
        var low: UInt64
        var value: Value

        var isUsed: Bool { high | low != 0 }
        var key: Fingerprint { Fingerprint(high: high, low: low) }
    }

    private var slots: [Slot] = []
    private(set) var count = 0
    /// A key's place is its first bits: 64 less than this many.
    private var shift: UInt64 = 63
    private let filler: Value

    /// - Parameter filler: any value; it stands in slots that are free.
    init(filler: Value) {
        self.filler = filler
    }

    /// Bytes of memory.
    var size: Int { slots.capacity * MemoryLayout<Slot>.stride }

    subscript(key: Fingerprint) -> Value? {
        if slots.isEmpty { return nil }
        let slot = slots[place(of: Self.used(key))]
        return slot.isUsed ? slot.value : nil
    }

    /// Sets the value of a key, which may be there or not.
    ///
    /// - Returns: what was there before.
    @discardableResult
    mutating func set(_ key: Fingerprint, _ value: Value) -> Value? {
        // At most three quarters are used: fuller tables have long runs.
        if (count + 1) * 4 > slots.count * 3 { grow() }
        let key = Self.used(key)
        let place = place(of: key)
        let before = slots[place].isUsed ? slots[place].value : nil
        if before == nil { count += 1 }
        slots[place] = Slot(high: key.high, low: key.low, value: value)
        return before
    }

    mutating func remove(_ key: Fingerprint) {
        if slots.isEmpty { return }
        let mask = slots.count - 1
        var free = place(of: Self.used(key))
        guard slots[free].isUsed else { return }
        // Whoever had to give way to the key, and would be looked for from a place up to the free one, moves there.
        var next = (free + 1) & mask
        while slots[next].isUsed {
            let distance = (next - home(of: slots[next].key)) & mask
            if distance >= (next - free) & mask {
                slots[free] = slots[next]
                free = next
            }
            next = (next + 1) & mask
        }
        slots[free] = Slot(high: 0, low: 0, value: filler)
        count -= 1
    }

    mutating func removeAll(keepingCapacity: Bool = false) {
        if keepingCapacity {
            for place in slots.indices { slots[place] = Slot(high: 0, low: 0, value: filler) }
        } else {
            slots = []
        }
        count = 0
    }

    /// All keys and values, nearly in order of the keys: places follow it, but for a few keys that had to give way, and
    /// those that went round the end, which come last.
    func visit(_ body: (Fingerprint, Value) -> Void) {
        var beyond: [Slot] = []
        for slot in slots.prefix(while: \.isUsed) where home(of: slot.key) > slots.count / 2 { beyond.append(slot) }
        for (place, slot) in slots.enumerated() where slot.isUsed {
            // Only in the run of used places at the beginning can keys be from beyond the end.
            if place < slots.count / 2, home(of: slot.key) > slots.count / 2 { continue }
            body(slot.key, slot.value)
        }
        for slot in beyond { body(slot.key, slot.value) }
    }

    /// Brings the key's place into the processor's cache: it takes long, but many at a time do not take longer.
    func touch(_ key: Fingerprint) -> UInt64 {
        slots.isEmpty ? 0 : slots[home(of: key)].low
    }

    /// Where the key is if no other is in its way.
    private func home(of key: Fingerprint) -> Int {
        Int(truncatingIfNeeded: key.high >> shift)
    }

    /// Where the key is, or where it would go.
    private func place(of key: Fingerprint) -> Int {
        let mask = slots.count - 1
        var place = home(of: key)
        while true {
            let slot = slots[place]
            if slot.low == key.low && slot.high == key.high || !slot.isUsed { return place }
            place = (place + 1) & mask
        }
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(high: 0, low: 0, value: filler), count: max(16, old.count * 2))
        shift = UInt64(64 - slots.count.trailingZeroBitCount)
        for slot in old where slot.isUsed { slots[place(of: slot.key)] = slot }
    }

    /// All zeros mean a free slot, so the one key that is all zeros gives way.
    private static func used(_ key: Fingerprint) -> Fingerprint {
        key.high | key.low == 0 ? Fingerprint(high: 0, low: 1) : key
    }
}
