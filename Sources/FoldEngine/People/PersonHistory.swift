/// What a rule about people looks at of one person. Kept and filled anew from person to person, so that it is allocated once.
public struct PersonHistory: Sendable {
    /// Of the events that some clause means, ascending by time, ties in order of arrival: seconds since 1970.
    public private(set) var seconds: [Int64] = []
    /// Bit i: matcher i takes the event.
    public private(set) var masks: [UInt64] = []
    /// By number of the property that is summed: by event, its value; not a number where it is none.
    public private(set) var amounts: [[Double]]
    /// By number of the property whose values are told apart: by event, the value's code; 0 without one.
    public private(set) var codes: [[UInt32]]
    /// Second of the first event ever.
    public private(set) var first: Int64 = 0

    public init(sums: Int, distincts: Int) {
        amounts = Array(repeating: [], count: sums)
        codes = Array(repeating: [], count: distincts)
    }

    /// Goes on to the next person, whose first event ever was at that second.
    public mutating func begin(first: Int64) {
        self.first = first
        seconds.removeAll(keepingCapacity: true)
        masks.removeAll(keepingCapacity: true)
        for index in amounts.indices { amounts[index].removeAll(keepingCapacity: true) }
        for index in codes.indices { codes[index].removeAll(keepingCapacity: true) }
    }

    /// Adds the next event. Its amounts and codes are to follow.
    public mutating func add(second: Int64, mask: UInt64) {
        seconds.append(second)
        masks.append(mask)
    }

    /// Of the last event added, once for each property that is summed.
    public mutating func add(amount: Double, _ number: Int) { amounts[number].append(amount) }

    /// Of the last event added, once for each property whose values are told apart.
    public mutating func add(code: UInt32, _ number: Int) { codes[number].append(code) }
}
