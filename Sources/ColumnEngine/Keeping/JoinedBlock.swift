import EventModel
import QueryModel
import Storage

/// People with events that arrived since the base was clustered, or who were merged since: all of their events, in order.
struct JoinedBlock: Sendable {
    private(set) var block = EventBlock()
    /// By place, where the event comes from: a place in the base or, as its complement, an index among the recent ones.
    private(set) var origins: [Int32] = []
    /// Events of people who are not hidden.
    private(set) var shownEvents = 0

    /// Bytes of memory.
    var size: Int { block.sizeWithoutColumns + block.sizeOfColumns + origins.count * 4 }

    /// - Parameters:
    ///   - people: ascending.
    ///   - starts: one more than there are people.
    init(people: [Int32], starts: [UInt32], origins: [Int32], _ base: ClusteredBlock, _ recent: RecentEvents) {
        self.origins = origins
        let types = origins.map { $0 >= 0 ? base.block.types[Int($0)] : recent.types[Int(~$0)] }
        block = EventBlock(
            people: people,
            starts: starts,
            seconds: origins.map { origin in
                origin >= 0
                    ? base.block.seconds[Int(origin)]
                    : EventBlock.seconds(ofMilliseconds: recent.times[Int(~origin)])
            },
            types: CodeColumn(types)
        )
        block.arrivals = origins.map { origin in
            origin >= 0 ? base.arrivals[Int(origin)] : UInt32(recent.firstRow + Int(~origin))
        }
        shownEvents = origins.count
    }

    /// Both blocks' people who are not hidden, in one.
    init(merging a: JoinedBlock, _ b: JoinedBlock, _ base: ClusteredBlock, _ recent: RecentEvents) {
        var people: [Int32] = []
        var starts: [UInt32] = [0]
        var origins: [Int32] = []
        var (i, j) = (0, 0)
        func take(_ source: JoinedBlock, _ person: Int) {
            if source.block.isHidden(person) { return }
            people.append(source.block.people[person])
            origins.append(contentsOf: source.origins[source.block.places(ofPerson: person)])
            starts.append(UInt32(origins.count))
        }
        while i < a.block.people.count || j < b.block.people.count {
            if j == b.block.people.count || i < a.block.people.count && a.block.people[i] < b.block.people[j] {
                take(a, i)
                i += 1
            } else if i == a.block.people.count || b.block.people[j] < a.block.people[i] {
                take(b, j)
                j += 1
            } else {
                // The same person: shown in one of them at most.
                take(a, i)
                take(b, j)
                i += 1
                j += 1
            }
        }
        self.init(people: people, starts: starts, origins: origins, base, recent)
    }

    mutating func hide(_ person: Int) {
        shownEvents -= block.places(ofPerson: person).count
        block.hide(person)
    }

    /// Hides people who are here, by any of their keys.
    mutating func hide(_ keys: Set<UserKey>, _ people: People) {
        for key in keys {
            if let person = block.shownIndex(of: people.person(ofKey: key.number)) { hide(person) }
        }
    }

    /// Copies a property's codes from where the events come from, unless that was done.
    mutating func gather(_ property: PropertyReference, _ base: ClusteredBlock, _ recent: RecentEvents) {
        guard block.columns[property] == nil, let fromBase = base.block.columns[property],
            let fromRecent = recent.columns[property]
        else { return }
        block.columns[property] = CodeColumn(
            origins.map { $0 >= 0 ? fromBase[Int($0)] : fromRecent[Int(~$0)] }
        )
    }

    /// Copies whole numbers likewise.
    mutating func gather(_ column: LongColumn, _ base: ClusteredBlock, _ recent: RecentEvents) {
        guard block.longs[column] == nil, let fromBase = base.block.longs[column], let fromRecent = recent.longs[column]
        else { return }
        block.longs[column] = origins.map { $0 >= 0 ? fromBase[Int($0)] : fromRecent[Int(~$0)] }
    }

    mutating func forget(_ property: PropertyReference) { block.columns[property] = nil }
    mutating func forget(_ column: LongColumn) { block.longs[column] = nil }
}

extension EventBlock {
    func isHidden(_ person: Int) -> Bool { !hidden.isEmpty && hidden[person] }

    mutating func hide(_ person: Int) {
        if hidden.isEmpty { hidden = Array(repeating: false, count: people.count) }
        hidden[person] = true
    }

    /// Hides people who are here, by any of their keys.
    mutating func hide(_ keys: Set<UserKey>, _ people: People) {
        for key in keys { if let person = shownIndex(of: people.person(ofKey: key.number)) { hide(person) } }
    }

    /// The index of a person who is here and not hidden, by binary search.
    func shownIndex(of person: Int32) -> Int? {
        var low = 0
        var high = people.count
        while low < high {
            let middle = (low + high) / 2
            if people[middle] < person { low = middle + 1 } else { high = middle }
        }
        return low < people.count && people[low] == person && !isHidden(low) ? low : nil
    }
}
