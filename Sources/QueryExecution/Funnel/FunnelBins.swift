import QueryModel

/// Bins of a funnel's distributions.
enum FunnelBins {
    /// One bin for all who entered. Source: Documentation/funnels.md F17.
    ///
    /// - Parameter end: one second in milliseconds, or once.
    static func everybody(_ people: Int, end: Int64, revenue: Double) -> [FunnelAnswer.Bin] {
        [FunnelAnswer.Bin(start: 0, end: end, people: people, revenue: revenue)]
    }

    /// Widths of bins in seconds, of which the first is taken that makes no more than 60 of them.
    private static let widths: [Int64] = [10, 60, 300, 900, 3600, 4 * 3600, 86_400, 7 * 86_400, 30 * 86_400]
    private static let mostBins = 60

    /// - Parameters:
    ///   - seconds: of each person.
    ///   - amounts: what the step's events brought in, each with its person's seconds.
    /// - Returns: in milliseconds; none if there is nobody.
    static func times(_ seconds: [UInt32], _ amounts: [(seconds: UInt32, amount: Double)]) -> [FunnelAnswer.Bin] {
        guard let longest = seconds.max() else { return [] }
        let width = widths.first { Int64(longest) / $0 < mostBins } ?? Int64(longest) / Int64(mostBins) + 1
        var bins = (0...Int64(longest) / width).map { index in
            FunnelAnswer.Bin(start: index * width * 1000, end: (index + 1) * width * 1000, people: 0, revenue: 0)
        }
        for second in seconds { bins[Int(Int64(second) / width)].people += 1 }
        for amount in amounts { bins[Int(Int64(amount.seconds) / width)].revenue += amount.amount }
        return bins
    }

    /// - Parameters:
    ///   - people: by how often; each number up to 20 a bin of its own, what is above in a last one.
    ///   - amounts: what the step's events brought in, each with how often its person did the step before.
    static func counts(_ people: [Int: Int], _ amounts: [(count: Int, amount: Double)]) -> [FunnelAnswer.Bin] {
        guard let most = people.keys.max() else { return [] }
        var bins = (1...max(1, min(most, 20))).map { number in
            FunnelAnswer.Bin(start: Int64(number), end: Int64(number + 1), people: people[number] ?? 0, revenue: 0)
        }
        if most > 20 {
            let above = people.reduce(0) { $1.key > 20 ? $0 + $1.value : $0 }
            bins.append(FunnelAnswer.Bin(start: 21, end: Int64(most + 1), people: above, revenue: 0))
        }
        for amount in amounts { bins[min(max(amount.count, 1), bins.count) - 1].revenue += amount.amount }
        return bins
    }
}
