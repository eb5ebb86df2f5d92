/// A pattern of file-name style: `*` any text without `/`, `**` any text, `?` one character but `/`, `[0-9]` and `[!a-z]`
/// one character of, or not of, a set. All else stands for itself, case included.
///
/// All places of the pattern that a text may have reached go along together, 64 of them in a word: whatever the pattern, a
/// text is read once and nothing is tried again.
struct Glob {
    private struct Set: Sendable {
        var place: Int
        var ranges: [ClosedRange<Unicode.Scalar>]
        var isNegated: Bool
    }

    /// How many parts the pattern has; the text fits if it reaches the place behind the last one.
    private var count = 0
    /// By scalar: the places where it, and nothing else, may stand.
    private var exactly: [Unicode.Scalar: [UInt64]] = [:]
    /// `?`
    private var anyOne: [UInt64] = []
    /// `*` and `**`, which stay where they are, or stand for nothing.
    private var stars: [UInt64] = []
    private var starsOverSlashes: [UInt64] = []
    private var sets: [Set] = []

    private var words: Int { count / 64 + 1 }

    init(_ pattern: String) {
        let scalars = Array(pattern.unicodeScalars)
        var places: [(place: Int, scalar: Unicode.Scalar)] = []
        var (ones, some, all) = ([Int](), [Int](), [Int]())
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*":
                let start = index
                while index < scalars.count, scalars[index] == "*" { index += 1 }
                // Stars beside each other are as one, which crosses a slash if any of them does.
                if index - start > 1 { all.append(count) } else { some.append(count) }
            case "?":
                ones.append(count)
                index += 1
            case "[":
                if let (ranges, isNegated, end) = Self.set(scalars, index + 1) {
                    sets.append(Set(place: count, ranges: ranges, isNegated: isNegated))
                    index = end
                } else {
                    places.append((count, "["))
                    index += 1
                }
            case let scalar:
                places.append((count, scalar))
                index += 1
            }
            count += 1
        }
        anyOne = bits(ones)
        starsOverSlashes = bits(all)
        stars = bits(some + all)
        for (scalar, group) in Dictionary(grouping: places, by: \.scalar) { exactly[scalar] = bits(group.map(\.place)) }
    }

    private func bits(_ places: [Int]) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: words)
        for place in places { bits[place / 64] |= 1 << UInt64(place % 64) }
        return bits
    }

    /// What stands between brackets, and where it ends; `nil` if nothing closes it.
    private static func set(
        _ scalars: [Unicode.Scalar],
        _ start: Int
    ) -> (ranges: [ClosedRange<Unicode.Scalar>], isNegated: Bool, end: Int)? {
        var index = start
        let isNegated = index < scalars.count && scalars[index] == "!"
        if isNegated { index += 1 }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while index < scalars.count, scalars[index] != "]" || ranges.isEmpty {
            if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
                let (low, high) = (scalars[index], scalars[index + 2])
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(scalars[index]...scalars[index])
                index += 1
            }
        }
        return index < scalars.count ? (ranges, isNegated, index + 1) : nil
    }

    /// Whether the pattern fits all of `text`.
    ///
    /// - Complexity: O(text × pattern / 64).
    func matches(_ text: String) -> Bool {
        var reached = bits([0])
        passStars(&reached)
        var step = reached
        for scalar in text.unicodeScalars {
            let own = exactly[scalar]
            let isSlash = scalar == "/"
            var carry: UInt64 = 0
            var isAlive: UInt64 = 0
            for word in reached.indices {
                // What takes the scalar and goes on to the next place; what takes it and stays.
                var taking = own?[word] ?? 0
                if !isSlash { taking |= anyOne[word] }
                let going = reached[word] & taking
                let staying = reached[word] & (isSlash ? starsOverSlashes[word] : stars[word])
                step[word] = going << 1 | carry | staying
                carry = going >> 63
                isAlive |= step[word]
            }
            for set in sets where reached[set.place / 64] >> UInt64(set.place % 64) & 1 != 0 {
                guard set.ranges.contains(where: { $0.contains(scalar) }) != set.isNegated else { continue }
                let next = set.place + 1
                step[next / 64] |= 1 << UInt64(next % 64)
                isAlive = 1
            }
            if isAlive == 0 { return false }
            swap(&reached, &step)
            passStars(&reached)
        }
        return reached[count / 64] >> UInt64(count % 64) & 1 != 0
    }

    /// Stars may stand for nothing. No two stand beside each other.
    private func passStars(_ places: inout [UInt64]) {
        var carry: UInt64 = 0
        for word in places.indices {
            let passing = places[word] & stars[word]
            places[word] |= passing << 1 | carry
            carry = passing >> 63
        }
    }
}
