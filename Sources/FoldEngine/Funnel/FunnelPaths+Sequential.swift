/// Steps that follow on each other: no active event lies in a second between those of two steps, while events that make
/// nobody active are passed by.
///
///     steps A B C; x is an inactive B, Y active, no step; ( ) one second
///     A x C          three steps: x is the B, or is passed by
///     A x (xY) C     three steps, by the second x: beyond the first one, Y would come between
///
/// So the nearest event for a step need not be part of the way that comes furthest: by step and number of steps, the best
/// way is kept. Of those that begin with the same step and have as many, the one whose first step is the earliest has all of
/// them the earliest: where it would be overtaken by another, it could have gone on with that one's events.
extension FunnelPaths {
    /// The ways that begin with a step, by how many steps they have.
    struct DirectWays: Sendable {
        private let stepCount: Int
        /// At (step × (steps + 1) + length) × steps: the events of a way, which are as many as its length.
        private var events: [Int32]
        /// At step × (steps + 1) + length: whether there is a way.
        private var areThere: [Bool]

        init(stepCount: Int) {
            self.stepCount = stepCount
            events = Array(repeating: -1, count: stepCount * (stepCount + 1) * stepCount)
            areThere = Array(repeating: false, count: stepCount * (stepCount + 1))
        }

        mutating func removeAll() {
            for index in areThere.indices { areThere[index] = false }
        }

        /// - Returns: its events; `nil` if there is none.
        func way(from step: Int, length: Int) -> ArraySlice<Int32>? {
            let number = step * (stepCount + 1) + length
            return areThere[number] ? events[number * stepCount..<number * stepCount + length] : nil
        }

        mutating func remove(from step: Int, length: Int) { areThere[step * (stepCount + 1) + length] = false }

        /// Puts so many of these events in front of a way of later seconds, or of none.
        ///
        /// - Returns: false if there is no such way.
        mutating func set(from step: Int, length: Int, _ first: [Int32], _ count: Int) -> Bool {
            let (number, rest) = (step * (stepCount + 1) + length, length - count)
            let later = (step + count) * (stepCount + 1) + rest
            if rest > 0, !areThere[later] { return false }
            for index in 0..<count { events[number * stepCount + index] = first[index] }
            for index in 0..<rest { events[number * stepCount + count + index] = events[later * stepCount + index] }
            areThere[number] = true
            return true
        }
    }

    /// Puts the events of one second in front of the ways, of which all others are of later seconds.
    mutating func extendDirectWays(_ second: Int) {
        if interruptions[second] { direct.removeAll() }
        let own = Int(seconds[second])..<Int(seconds[second + 1])
        let alone = own.count == 1 ? [Int32(own.lowerBound)] : []
        // The lowest step first: each way goes on with those of the steps behind it as they were before this second.
        for step in 0..<stepCount {
            let matched = alone.isEmpty ? match(own, from: step) : canBe(own.lowerBound, step) ? alone : []
            for length in 1...stepCount - step {
                // As many steps as can be in this second.
                let isSet = (0..<min(matched.count, length)).reversed().contains { most in
                    direct.set(from: step, length: length, matched, most + 1)
                }
                if !isSet, !passes[second] { direct.remove(from: step, length: length) }
            }
        }
    }

    /// - Returns: steps reached within the window by ways that begin in this second.
    mutating func followDirectWay(_ second: Int) -> Int {
        let own = seconds[second]..<seconds[second + 1]
        for length in (1...stepCount).reversed() {
            guard let way = direct.way(from: 0, length: length), let first = way.first, let last = way.last,
                own.contains(first), events[Int(last)].second - events[Int(first)].second <= window
            else { continue }
            for (step, event) in way.enumerated() { path[step] = event }
            return length
        }
        return 0
    }
}
