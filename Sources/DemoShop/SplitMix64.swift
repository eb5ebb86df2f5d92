/// A small random source whose numbers depend on the seed alone: not on the machine, the process or the Swift release.
///
/// The standard library's `random(in:using:)` may change how it uses its generator, so the draws are written out here.
/// They use addition, multiplication and division only: `log` and `pow` differ in the last bit between C libraries.
struct SplitMix64: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A generator of its own for one part of the work, so that this part may draw as often as it likes.
    mutating func split() -> SplitMix64 {
        SplitMix64(seed: next())
    }

    /// From 0 up to, but without, `bound`, which is above 0.
    mutating func int(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func int(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + int(below: range.count)
    }

    /// From 0 up to, but without, 1.
    mutating func fraction() -> Double {
        Double(next() >> 11) / 9_007_199_254_740_992  // 2^53
    }

    /// True in a share `probability` (0...1) of the draws.
    mutating func chance(_ probability: Double) -> Bool {
        fraction() < probability
    }

    mutating func element<Element>(of elements: [Element]) -> Element {
        elements[int(below: elements.count)]
    }

    /// The index of one of `weights`, drawn in proportion to them. They are whole numbers, with a sum above 0.
    mutating func index(weightedBy weights: some Collection<Int>) -> Int {
        var rest = int(below: weights.reduce(0, +))
        for (index, weight) in weights.enumerated() {
            if rest < weight { return index }
            rest -= weight
        }
        preconditionFailure("a draw below the sum of the weights lands on one of them")
    }
}
