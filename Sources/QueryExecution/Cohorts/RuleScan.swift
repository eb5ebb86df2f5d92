import ColumnEngine
import EventModel
import FoldEngine
import QueryModel

/// Finds the people for whom a rule holds.
struct RuleScan: EventFold {
    /// What is known of a person without the events that were matched.
    enum Fact: Sendable {
        /// The last event of one of these types passes all of the tests: by code of a property's value, whether it does.
        case has(types: [Bool], tests: [(property: PropertyReference, passes: [Bool])])
        /// All keys of the people who are meant.
        case isIn(UserKeySet)
    }

    /// The keys by which blocks name them.
    private(set) var members = UserKeySet()
    private var fold: PeopleRuleFold
    private let facts: [Fact]
    /// By code of the property: the value as a number; not a number where it is none.
    private let sums: [(property: PropertyReference, numbers: [Double])]
    /// By code of the property: the first code of the same value; 0 for none.
    private let distincts: [(property: PropertyReference, codes: [UInt32])]
    private let visitsEverybody: Bool
    private let countedTypes: [Bool]
    private var history: PersonHistory

    init(_ plan: RulePlan) {
        fold = PeopleRuleFold(plan.groups)
        facts = plan.facts
        sums = plan.sums
        distincts = plan.distincts
        visitsEverybody = plan.visitsEverybody
        countedTypes = plan.countedTypes
        history = PersonHistory(sums: sums.count, distincts: distincts.count)
    }

    mutating func add(_ events: ScannedEvents) {
        let block = events.block
        let sums = sums.map { (column: block.codes(of: $0.property), numbers: $0.numbers) }
        let distincts = distincts.map { (column: block.codes(of: $0.property), codes: $0.codes) }
        let (starts, places, masks, seconds) =
            (block.starts.span, events.places.span, events.masks.span, block.seconds.span)
        var next = 0
        for person in events.people {
            let end = Int32(truncatingIfNeeded: starts[person + 1])
            let first = next
            while next < places.count, places[next] < end { next += 1 }
            if first == next, !visitsEverybody || !block.hidden.isEmpty && block.hidden[person] { continue }
            let key = block.people[person]
            guard key != UserKey.nobody.number,
                let firstPlace = block.firstPlace(ofPerson: person, types: countedTypes)
            else { continue }
            history.begin(first: Int64(seconds[firstPlace]))
            for index in first..<next {
                let place = Int(places[index])
                history.add(second: Int64(seconds[place]), mask: masks[index])
                for (number, sum) in sums.enumerated() {
                    history.add(amount: sum.numbers[Int(sum.column?[place] ?? 0)], number)
                }
                for (number, distinct) in distincts.enumerated() {
                    history.add(code: distinct.codes[Int(distinct.column?[place] ?? 0)], number)
                }
            }
            let facts = facts
            if fold.holds(for: history, fact: { facts[$0].holds(for: person, key, events) }) {
                members.insert(number: key)
            }
        }
    }

    mutating func merge(_ other: RuleScan) { members.formUnion(other.members) }
}

extension RuleScan.Fact {
    fileprivate func holds(for person: Int, _ key: Int32, _ events: ScannedEvents) -> Bool {
        let block = events.block
        switch self {
        case .isIn(let keys): return keys.contains(number: key)
        case .has(let types, let tests):
            let last = block.places(ofPerson: person).last { place in
                let type = Int(block.types[place])
                return type < types.count && types[type] && !events.hasLeft(place)
            }
            guard let last else { return false }
            return tests.allSatisfy { $0.passes[Int(block.codes(of: $0.property)?[last] ?? 0)] }
        }
    }
}
