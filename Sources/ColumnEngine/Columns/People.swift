import EventModel
import Storage

/// Which person each user key belongs to, after all merges.
struct People: Sendable {
    /// By user key, what the latest merge says. Keys beyond the end belong to themselves.
    private var parents: [Int32] = []
    /// By user key, where the chain of merges ends.
    private(set) var personByKey: [Int32] = []

    init(_ merges: [Merge] = []) {
        add(merges)
    }

    mutating func add(_ merges: [Merge]) {
        if merges.isEmpty { return }
        for merge in merges {
            for key in [merge.from.number, merge.into.number] {
                while parents.count <= key { parents.append(Int32(parents.count)) }
            }
            parents[Int(merge.from.number)] = merge.into.number
        }
        // The writer sees to it that there is no circle.
        personByKey = parents.map { parent in
            var person = parent
            while parents[Int(person)] != person { person = parents[Int(person)] }
            return person
        }
    }

    @inline(__always)
    func person(ofKey key: Int32) -> Int32 {
        key < personByKey.count ? personByKey[Int(key)] : key
    }

    /// All keys that belong to the same people as these.
    func keys(ofSamePeople keys: UserKeySet) -> UserKeySet {
        if personByKey.isEmpty { return keys }
        let persons = UserKeySet(keys.lazy.map { UserKey(person(ofKey: $0.number)) })
        var all = keys
        all.formUnion(persons)
        for (key, person) in personByKey.enumerated() where persons.contains(number: person) {
            all.insert(UserKey(Int32(key)))
        }
        return all
    }

    /// Whether the key's events are somebody else's.
    func isMerged(_ key: Int32) -> Bool { person(ofKey: key) != key }
}
