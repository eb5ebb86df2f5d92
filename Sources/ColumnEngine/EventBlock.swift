public import QueryModel

/// Events as columns, clustered by person and, within a person, ascending by time (ties in arrival order).
///
/// The event at place p is `times[p]`, `types[p]` and `columns[…]![p]`; person i has the places
/// `starts[i]..<starts[i + 1]`.
public struct EventBlock: Sendable {
    /// Ascending.
    public internal(set) var people: [Int32] = []
    /// One more than there are people.
    public internal(set) var starts: [Int32] = [0]
    /// Milliseconds.
    public internal(set) var times: [Int64] = []
    public internal(set) var types: [Int32] = []
    /// Codes of property values, for the properties loaded so far.
    public internal(set) var columns: [PropertyReference: [UInt32]] = [:]
    /// By person index: true where this person's events are in another block of the same view. Empty if none are.
    public internal(set) var hidden: [Bool] = []

    public init() {}

    /// Clusters events that come in arrival order.
    ///
    /// - Parameters:
    ///   - people: the person of each event; dense numbers.
    ///   - places: is set to the place of each event.
    init(people arriving: [Int32], times arrivingTimes: [Int64], types arrivingTypes: [Int32], places: inout [Int32]) {
        let count = arriving.count
        let keys = Int(arriving.max() ?? 0) + 1
        var next = [Int32](repeating: 0, count: keys + 1)
        for person in arriving { next[Int(person) + 1] += 1 }
        for key in 0..<keys {
            if next[key + 1] > 0 {
                people.append(Int32(key))
                starts.append(starts[starts.count - 1] + next[key + 1])
            }
            next[key + 1] += next[key]
        }
        // Arrival index by place: a counting sort, which keeps arrival order within a person.
        var order = [Int32](repeating: 0, count: count)
        for row in 0..<count {
            let person = Int(arriving[row])
            order[Int(next[person])] = Int32(row)
            next[person] += 1
        }
        sortByTime(&order, arrivingTimes)
        times = order.map { arrivingTimes[Int($0)] }
        types = order.map { arrivingTypes[Int($0)] }
        places = [Int32](repeating: 0, count: count)
        for place in 0..<count { places[Int(order[place])] = Int32(place) }
    }

    /// Sorts the events of those people whose events did not arrive in the order of their times.
    private func sortByTime(_ order: inout [Int32], _ arrivingTimes: [Int64]) {
        for person in people.indices {
            let places = Int(starts[person])..<Int(starts[person + 1])
            let isSorted = zip(places, places.dropFirst()).allSatisfy {
                arrivingTimes[Int(order[$0])] <= arrivingTimes[Int(order[$1])]
            }
            if isSorted { continue }
            order[places].sort { a, b in
                let (timeOfA, timeOfB) = (arrivingTimes[Int(a)], arrivingTimes[Int(b)])
                return timeOfA != timeOfB ? timeOfA < timeOfB : a < b
            }
        }
    }

    /// Number of events.
    public var count: Int { times.count }

    func places(ofPerson index: Int) -> Range<Int> {
        Int(starts[index])..<Int(starts[index + 1])
    }
}
