public import EventModel

/// Who is looked at: those who have one of some keys, or all others.
public struct PeopleTest: Sendable {
    /// All keys of the people who are meant: merges are applied.
    public var keys: UserKeySet
    public var isMember: Bool

    public init(keys: UserKeySet, isMember: Bool) {
        self.keys = keys
        self.isMember = isMember
    }

    /// - Parameter key: a user key's number.
    public func passes(_ key: Int32) -> Bool { keys.contains(number: key) == isMember }
}

extension ColumnView {
    /// The same of those people alone who pass all tests: the others are hidden.
    public func only(_ tests: [PeopleTest]) -> ColumnView {
        if tests.isEmpty { return self }
        return with(blocks.map { $0.only(tests) })
    }
}

extension EventBlock {
    fileprivate func only(_ tests: [PeopleTest]) -> EventBlock {
        var block = self
        if block.hidden.isEmpty { block.hidden = Array(repeating: false, count: people.count) }
        for test in tests {
            for person in people.indices where !test.passes(people[person]) { block.hidden[person] = true }
        }
        return block
    }
}
