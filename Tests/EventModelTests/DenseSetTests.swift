import EventModel
import TestSupport
import Testing

@Suite struct DenseSetTests {
    @Test("is what a set of the same keys is, whatever is put in and taken out", arguments: 0..<20)
    func oracle(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func keys() -> Set<UserKey> { Set((0..<random.below(60)).map { _ in UserKey(Int32(random.below(300))) }) }
        let (a, b) = (keys(), keys())
        var set = UserKeySet(a)
        #expect(set.count == a.count && set.isEmpty == a.isEmpty)
        #expect(Array(set) == a.sorted { $0.number < $1.number })
        for number in -2...320 { #expect(set.contains(UserKey(Int32(number))) == a.contains(UserKey(Int32(number)))) }
        #expect(set.subtracting(UserKeySet(b)) == UserKeySet(a.subtracting(b)))
        set.formUnion(UserKeySet(b))
        #expect(set == UserKeySet(a.union(b)))
        for key in b { set.remove(key) }
        #expect(set == UserKeySet(a.subtracting(b)))
        set.insert(UserKey(-1))
        #expect(set == UserKeySet(a.subtracting(b)) && !set.contains(UserKey(-1)))
    }
}
