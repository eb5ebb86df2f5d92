import Testing

@testable import FoldEngine

extension Funnel: CustomStringConvertible {
    var description: String { "\(order) \(String(steps)) within \(window)" }

    /// - Returns: what is wrong; `nil` if nothing is.
    func mistake(_ text: [Character], _ paths: inout FunnelPaths) -> String? {
        let moments = moments(text)
        let found = ways(self, moments, &paths)
        let oracle = FunnelOracle(funnel: self, moments: moments)
        let expected = oracle.furthest()
        guard found.map(\.entry) == expected.map(\.entry) else {
            return "\(self), \(String(text)): entries \(found.map(\.entry))"
        }
        for (way, wanted) in zip(found, expected) {
            guard way.minutes.count == wanted.ways[0].count else {
                return "\(self), \(String(text)): \(way.minutes), but \(wanted.ways[0].count) steps can be reached"
            }
            guard oracle.isBest(way, of: wanted.ways) else {
                return "\(self), \(String(text)): \(way.minutes) is not the earliest way"
            }
        }
        return nil
    }
}

extension Funnel {
    /// The fold, which finds most ways without matching, must count the ways that matching finds.
    ///
    /// - Returns: what is wrong; `nil` if nothing is.
    func mistakeOfFold(_ text: [Character], _ paths: inout FunnelPaths) -> String? {
        let moments = moments(text)
        var fold = fold()
        fold.add([events(moments)])
        let all = ways(self, moments, &paths)
        let cells =
            [(-1, all)] + (0..<3).map { number in (number, all.filter { bucket(ofMinute: $0.entry) == number }) }
        for (bucket, ways) in cells {
            var best: [Int] = []
            for way in ways where way.minutes.count >= best.count { best = way.sorted }
            let tally = bucket < 0 ? fold.overall(series: 0) : fold.tally(series: 0, bucket: bucket)
            let isThrough = best.count == steps.count
            var times = zip(best.dropFirst(), best).map { [($0 - $1) * 60] }
            times += Array(repeating: [], count: steps.count - 1 - times.count)
            let expected = [isThrough ? [(best.last! - best[0]) * 60] : []] + times
            guard tally.reached == steps.indices.map({ $0 < best.count ? 1 : 0 }),
                tally.durations.map({ $0.seconds.map { Int($0) } }) == expected
            else { return "\(self), \(String(text)): bucket \(bucket): \(tally), but \(best)" }
        }
        var best: [Int] = []
        for way in all where way.minutes.count >= best.count { best = way.minutes }
        let counts = fold.overall(series: 0).previousCounts
        for step in 1..<max(1, best.count) {
            let times = previousTimes(step, best, moments)
            if let times, counts[step] != [times: 1] {
                return "\(self), \(String(text)): \(counts) before \(step), but \(times)"
            }
        }
        return nil
    }

    /// How often the step before was done from its minute to that of a step; `nil` where several events could be the step.
    private func previousTimes(_ step: Int, _ minutes: [Int], _ moments: [FunnelMoment]) -> Int? {
        let range = min(minutes[step - 1], minutes[step])...max(minutes[step - 1], minutes[step])
        let before = moments.filter { range.contains($0.minute) && $0.matches(steps[step - 1]) }
        if Set(moments.map(\.minute)).count == moments.count {
            // The event of the step itself is not before it.
            return before.count { $0.minute != minutes[step] }
        }
        let isShared = moments.contains { moment in steps.count { moment.matches($0) } > 1 }
        let isMixed = moments.contains { $0.letter.isLowercase }
        // Of a type in one minute, one.
        return isShared || isMixed ? nil : Set(before.map { "\($0.minute)\($0.type)" }).count
    }
}
