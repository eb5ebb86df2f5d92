import EventModel
import Storage

/// Which person each user key belongs to, after all merges.
struct People: Sendable {
    /// By user key. Keys beyond the end belong to themselves.
    private var personByKey: [Int32] = []

    init(_ merges: [Merge]) {
        for merge in merges {
            grow(to: max(merge.from.number, merge.into.number))
            personByKey[Int(merge.from.number)] = merge.into.number
        }
        // Chains end at their root. The writer sees to it that there is no circle.
        for key in personByKey.indices {
            var person = personByKey[key]
            while person != personByKey[Int(person)] { person = personByKey[Int(person)] }
            personByKey[key] = person
        }
    }

    func person(ofKey key: Int32) -> Int32 {
        key < personByKey.count ? personByKey[Int(key)] : key
    }

    /// Whether the key's events are somebody else's.
    func isMerged(_ key: Int32) -> Bool { person(ofKey: key) != key }

    private mutating func grow(to key: Int32) {
        while personByKey.count <= key { personByKey.append(Int32(personByKey.count)) }
    }
}
