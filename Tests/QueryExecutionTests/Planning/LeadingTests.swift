import TestSupport
import Testing

@testable import QueryExecution

@Suite struct LeadingTests {
    @Test("equals putting all into their order and taking the first", arguments: 0..<200)
    func equalsSorting(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let limit = random.pick([1, 2, 5, 100])
        let numbers = (0..<random.pick([0, 1, 3, 70, 700])).map { (number: random.below(20), place: $0) }
        func precedes(_ a: (number: Int, place: Int), _ b: (number: Int, place: Int)) -> Bool {
            a.number != b.number ? a.number > b.number : a.place < b.place
        }
        var leading = Leading<(number: Int, place: Int)>(limit, by: precedes)
        for number in numbers { leading.add(number) }
        let expected = numbers.sorted(by: precedes).prefix(limit).map(\.place)
        #expect(leading.elements.map(\.place) == expected)
    }
}
