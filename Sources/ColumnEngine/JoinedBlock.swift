import QueryModel

/// The people whose events lie in more than one place, with all their events, in order.
struct JoinedBlock: Sendable {
    private(set) var block = EventBlock()
    /// Where each event comes from: a place in the base or, as its complement, a place in the tail.
    private var origins: [Int32] = []

    init() {}

    /// Finds those people, copies their events, and hides them where they were.
    ///
    /// - Parameter people: as of now. The base may have been clustered when fewer merges were known.
    init(_ base: inout LoadedBlock, _ tail: inout LoadedBlock, _ people: People) {
        base.block.hidden = []
        tail.block.hidden = []
        var joinedPeople: [Int32] = []
        var times: [Int64] = []
        var types: [Int32] = []
        var arriving: [Int32] = []
        var rowByPlace: [Int32] = []
        for scattered in Self.scatteredPeople(base.block, tail.block, people) {
            var places = scattered.inBase.flatMap { base.block.places(ofPerson: $0) }
            if scattered.inBase.count > 1 {
                // Merged since: their events are in arrival order only each for itself.
                if rowByPlace.isEmpty { rowByPlace = base.rowByPlace }
                places.sort { rowByPlace[$0] < rowByPlace[$1] }
            }
            for place in places {
                times.append(base.block.times[place])
                types.append(base.block.types[place])
                arriving.append(Int32(place))
            }
            for person in scattered.inBase { base.block.hide(person) }
            if let person = scattered.inTail {
                for place in tail.block.places(ofPerson: person) {
                    times.append(tail.block.times[place])
                    types.append(tail.block.types[place])
                    arriving.append(~Int32(place))
                }
                tail.block.hide(person)
            }
            joinedPeople.append(contentsOf: repeatElement(scattered.person, count: times.count - joinedPeople.count))
        }
        var places: [Int32] = []
        block = EventBlock(people: joinedPeople, times: times, types: types, places: &places)
        origins = Array(repeating: 0, count: places.count)
        for (row, place) in places.enumerated() { origins[Int(place)] = arriving[row] }
    }

    /// Copies a property's codes from the blocks that the events come from.
    mutating func gather(_ property: PropertyReference, _ base: EventBlock, _ tail: EventBlock) {
        guard block.columns[property] == nil, let fromBase = base.columns[property],
            let fromTail = tail.columns[property]
        else { return }
        block.columns[property] = origins.map { $0 >= 0 ? fromBase[Int($0)] : fromTail[Int(~$0)] }
    }

    /// Indexes of one person in the blocks.
    private struct Scattered {
        var person: Int32
        var inBase: [Int] = []
        var inTail: Int?

        var isScattered: Bool { inBase.count + (inTail == nil ? 0 : 1) > 1 }
    }

    private static func scatteredPeople(_ base: EventBlock, _ tail: EventBlock, _ people: People) -> [Scattered] {
        var candidates: [Int32: Scattered] = [:]
        for (index, person) in tail.people.enumerated() {
            candidates[person] = Scattered(person: person, inTail: index)
        }
        for key in base.people where people.person(ofKey: key) != key {
            let person = people.person(ofKey: key)
            if candidates[person] == nil { candidates[person] = Scattered(person: person) }
        }
        if candidates.isEmpty { return [] }
        for (index, key) in base.people.enumerated() {
            candidates[people.person(ofKey: key)]?.inBase.append(index)
        }
        return candidates.values.filter(\.isScattered)
    }
}

extension LoadedBlock {
    /// By place: its row, counted from the first.
    fileprivate var rowByPlace: [Int32] {
        var rows = [Int32](repeating: 0, count: places.count)
        for (row, place) in places.enumerated() { rows[Int(place)] = Int32(row) }
        return rows
    }
}

extension EventBlock {
    fileprivate mutating func hide(_ person: Int) {
        if hidden.isEmpty { hidden = Array(repeating: false, count: people.count) }
        hidden[person] = true
    }
}
