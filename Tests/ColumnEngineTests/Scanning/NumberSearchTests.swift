import Testing

@testable import ColumnEngine

@Suite struct NumberSearchTests {
    @Test("all places of some numbers, in any range, whatever the neighbours are", arguments: 0..<20)
    func bytes(seed: UInt64) { check(UInt8.self, seed) }

    @Test("numbers of two bytes", arguments: 0..<20)
    func shorts(seed: UInt64) { check(UInt16.self, seed) }

    @Test("numbers of four bytes", arguments: 0..<20)
    func words(seed: UInt64) { check(UInt32.self, seed) }

    private func check<Number: FixedWidthInteger & BitwiseCopyable & Sendable>(_ type: Number.Type, _ seed: UInt64) {
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        // Those beside which a word's arithmetic could carry: 0, 1, the highest bit, all bits.
        let known: [Number] = [0, 1, Number.max >> 1, Number.max >> 1 + 1, .max, .max - 1, 7]
        let numbers = (0..<200).map { _ in known[Int(next() % 7)] }
        let wanted = (0..<Int(next() % 17)).map { _ in known[Int(next() % 7)] }
        let search = NumberSearch(wanted)
        for _ in 0..<50 {
            let first = Int(next() % 200)
            let range = first..<first + Int(next() % UInt64(201 - first))
            var found: [Int] = []
            search.forEachPlace(in: numbers.span, range) { found.append($0) }
            #expect(found == range.filter { wanted.contains(numbers[$0]) })
        }
    }
}
