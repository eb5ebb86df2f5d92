/// People with neighbouring numbers, whose events are counted and placed together: what is kept of them fits the caches.
enum Neighbourhoods {
    /// Neighbours have the same number but for this many bits.
    static let bits = 10
}

/// Where events lie while they wait to be placed: by neighbourhood, then by the part of their arrivals.
struct EventBuckets: Sendable {
    /// Neighbours have the same number but for this many bits.
    let bits: Int
    /// By bucket, then part: its first place.
    private var starts: [[Int]] = []
    /// Number of events.
    let count: Int

    /// - Parameter counts: by part and neighbourhood.
    init(_ counts: [[UInt32]]) {
        let neighbourhoods = counts.map(\.count).max() ?? 0
        // No more buckets than the processor can write to at once.
        var bits = 0
        while neighbourhoods >> bits > 1_000 { bits += 1 }
        self.bits = Neighbourhoods.bits + bits
        var place = 0
        for first in stride(from: 0, to: neighbourhoods, by: 1 << bits) {
            starts.append([])
            for part in counts {
                starts[starts.count - 1].append(place)
                for count in part.dropFirst(first).prefix(1 << bits) { place += Int(count) }
            }
        }
        self.count = place
    }

    /// By bucket, where the events of a part go.
    func starts(ofPart part: Int) -> [Int] { starts.map { $0[part] } }

    /// About so many stretches of whole buckets, each about equally long.
    func shares(_ count: Int) -> [Range<Int>] {
        var shares: [Range<Int>] = []
        var first = 0
        for place in starts.dropFirst().map({ $0[0] }) + [self.count] where place - first >= max(1, self.count / count)
        {
            shares.append(first..<place)
            first = place
        }
        if first < self.count { shares.append(first..<self.count) }
        return shares
    }
}
