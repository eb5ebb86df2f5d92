/// Judges one person after another by a rule: all groups must hold, but exclusions must not; a group holds where any of its
/// clauses does. Source: Documentation/cohorts.md G6, G7.
public struct PeopleRuleFold: Sendable {
    public struct Group: Sendable {
        public var isExclusion: Bool
        public var clauses: [Clause]

        public init(_ clauses: [Clause], isExclusion: Bool = false) {
            self.clauses = clauses
            self.isExclusion = isExclusion
        }
    }

    public enum Clause: Sendable {
        case events(UInt64, Test, Window)
        /// The matchers of step after step.
        case inOrder([UInt64], Window)
        /// What is known of the person without these events, by number.
        case fact(Int)
        /// The first event ever lies in it.
        case new(Window)
    }

    /// What is asked of the events of a window that some matchers take. All fail where there are none.
    public enum Test: Sendable {
        case count(NumberBounds)
        /// Of how many there are, less how many others there are.
        case difference(to: UInt64, NumberBounds)
        case sum(Int, NumberBounds)
        case distinct(Int, NumberBounds)
        /// The n-th ever is in the window; from 1.
        case nth(Int)
        /// On how many different days, or the like, some lie: the number of a second's day.
        case days(@Sendable (Int64) -> Int32, NumberBounds)
    }

    public enum Window: Sendable {
        /// Seconds since 1970.
        case fixed(Range<Int64>)
        /// So many seconds from the first event ever on.
        case fromFirst(Int64)

        func range(_ first: Int64) -> Range<Int64> {
            switch self {
            case .fixed(let range): range
            case .fromFirst(let seconds): first..<first + seconds
            }
        }
    }

    private let groups: [Group]
    /// Codes of values, or days, of one person.
    private var found: [Int32] = []

    public init(_ groups: [Group]) {
        // What is out at once need not be looked at further.
        self.groups = groups.filter(\.isExclusion) + groups.filter { !$0.isExclusion }
    }

    /// - Parameter fact: tells by number what is known of the person without events.
    public mutating func holds(for person: PersonHistory, fact: (Int) -> Bool) -> Bool {
        for group in groups {
            var isMet = false
            for clause in group.clauses where holds(clause, person, fact) {
                isMet = true
                break
            }
            if isMet == group.isExclusion { return false }
        }
        return true
    }

    private mutating func holds(_ clause: Clause, _ person: PersonHistory, _ fact: (Int) -> Bool) -> Bool {
        switch clause {
        case .fact(let number): fact(number)
        case .new(let window): window.range(person.first).contains(person.first)
        case .inOrder(let steps, let window): Self.areInOrder(steps, window.range(person.first), person)
        case .events(let bits, let test, let window):
            switch test {
            case .nth(let times): Self.isNth(times, bits, window.range(person.first), person)
            default: holds(test, bits, window.range(person.first), person)
            }
        }
    }

    /// Step after step with the earliest event that there is for it, which leaves the most to those that follow.
    private static func areInOrder(_ steps: [UInt64], _ times: Range<Int64>, _ person: PersonHistory) -> Bool {
        var next = 0
        for index in person.masks.indices where person.masks[index] & steps[next] != 0 {
            guard times.contains(person.seconds[index]) else { continue }
            next += 1
            if next == steps.count { return true }
        }
        return false
    }

    private static func isNth(_ times: Int, _ bits: UInt64, _ range: Range<Int64>, _ person: PersonHistory) -> Bool {
        var count = 0
        for index in person.masks.indices where person.masks[index] & bits != 0 {
            count += 1
            if count == times { return range.contains(person.seconds[index]) }
        }
        return false
    }

    private mutating func holds(_ test: Test, _ bits: UInt64, _ times: Range<Int64>, _ person: PersonHistory) -> Bool {
        var (count, others) = (0, 0)
        var sum = 0.0
        found.removeAll(keepingCapacity: true)
        let otherBits: UInt64 = if case .difference(let other, _) = test { other } else { 0 }
        for index in person.masks.indices where times.contains(person.seconds[index]) {
            let mask = person.masks[index]
            if mask & otherBits != 0 { others += 1 }
            guard mask & bits != 0 else { continue }
            count += 1
            switch test {
            case .sum(let number, _):
                let amount = person.amounts[number][index]
                if !amount.isNaN { sum += amount }
            case .distinct(let number, _):
                let code = person.codes[number][index]
                if code != 0 { found.append(Int32(truncatingIfNeeded: code)) }
            case .days(let day, _): found.append(day(person.seconds[index]))
            case .count, .difference, .nth: break
            }
        }
        if count == 0 { return false }
        return switch test {
        case .count(let bounds): bounds.hold(for: Double(count))
        case .difference(_, let bounds): bounds.hold(for: Double(count - others))
        case .sum(_, let bounds): bounds.hold(for: sum)
        case .distinct(_, let bounds), .days(_, let bounds): bounds.hold(for: Double(foundCount()))
        case .nth: false
        }
    }

    /// How many different ones were found.
    private mutating func foundCount() -> Int {
        found.sort()
        var count = 0
        for index in found.indices where index == 0 || found[index] != found[index - 1] { count += 1 }
        return count
    }
}
