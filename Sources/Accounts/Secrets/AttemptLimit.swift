public import EventModel

/// How often something may be tried by each of many: a bucket that fills evenly. What is full again is forgotten, so memory is
/// bounded by how many try within a minute; and by a number, beyond which nobody new may.
/// Source: Documentation/accounts.md A12.
public struct AttemptLimit: Sendable {
    /// So many at once, and as many a minute.
    public let perMinute: Int
    /// How many are remembered.
    private let most: Int
    /// What is left, in thousandths of an attempt, and when that was.
    private var buckets: [String: (left: Int64, at: Timestamp)] = [:]

    public init(perMinute: Int, most: Int = 100_000) {
        self.perMinute = perMinute
        self.most = most
    }

    private var whole: Int64 { Int64(perMinute) * 1000 }

    /// Takes one attempt.
    ///
    /// - Returns: how long to wait until one is left again; `nil` if this one is allowed.
    public mutating func take(_ name: String, at now: Timestamp) -> Duration? {
        var left = left(name, at: now)
        if left < 1000 { return .milliseconds((1000 - left) * 60 / Int64(perMinute) + 1) }
        if buckets[name] == nil, buckets.count >= most {
            buckets = buckets.filter { self.left($0.key, at: now) < whole }
            guard buckets.count < most else { return .seconds(60) }
        }
        left -= 1000
        buckets[name] = (left, now)
        return nil
    }

    /// Gives an attempt back that turned out to be right.
    public mutating func giveBack(_ name: String, at now: Timestamp) {
        let left = left(name, at: now) + 1000
        buckets[name] = left < whole ? (left, now) : nil
    }

    private func left(_ name: String, at now: Timestamp) -> Int64 {
        guard let bucket = buckets[name] else { return whole }
        let passed = max(0, now.milliseconds - bucket.at.milliseconds)
        // Thousandths a millisecond: perMinute / 60.
        return min(whole, bucket.left + min(passed, 60_000) * Int64(perMinute) / 60)
    }
}
