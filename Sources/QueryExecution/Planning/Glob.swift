/// A pattern of file-name style: `*` any text without `/`, `**` any text, `?` one character but `/`, `[0-9]` and `[!a-z]`
/// one character of, or not of, a set. All else stands for itself, case included.
struct Glob {
    private enum Part {
        case exactly(Unicode.Scalar)
        case oneOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
        case one
        case any(crossesSlash: Bool)
    }

    private let parts: [Part]

    init(_ pattern: String) {
        var parts: [Part] = []
        let scalars = Array(pattern.unicodeScalars)
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*":
                let isDouble = index + 1 < scalars.count && scalars[index + 1] == "*"
                parts.append(.any(crossesSlash: isDouble))
                index += isDouble ? 2 : 1
            case "?":
                parts.append(.one)
                index += 1
            case "[":
                if let (set, end) = Self.set(scalars, index + 1) {
                    parts.append(set)
                    index = end
                } else {
                    parts.append(.exactly("["))
                    index += 1
                }
            case let scalar:
                parts.append(.exactly(scalar))
                index += 1
            }
        }
        self.parts = parts
    }

    /// What stands between brackets, and where it ends; `nil` if nothing closes it.
    private static func set(_ scalars: [Unicode.Scalar], _ start: Int) -> (Part, end: Int)? {
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
        return index < scalars.count ? (.oneOf(ranges, isNegated: isNegated), index + 1) : nil
    }

    /// Whether the pattern fits all of `text`.
    ///
    /// - Complexity: O(text × pattern), without going back: the places of the pattern that are reachable go along.
    func matches(_ text: String) -> Bool {
        var reached = reach([0])
        for scalar in text.unicodeScalars {
            var next: Set<Int> = []
            for place in reached where place < parts.count {
                switch parts[place] {
                case .exactly(let wanted): if scalar == wanted { next.insert(place + 1) }
                case .one: if scalar != "/" { next.insert(place + 1) }
                case .oneOf(let ranges, let isNegated):
                    if ranges.contains(where: { $0.contains(scalar) }) != isNegated { next.insert(place + 1) }
                case .any(let crossesSlash): if crossesSlash || scalar != "/" { next.insert(place) }
                }
            }
            if next.isEmpty { return false }
            reached = reach(next)
        }
        return reached.contains(parts.count)
    }

    /// Stars may stand for nothing.
    private func reach(_ places: Set<Int>) -> Set<Int> {
        var all = places
        for place in places {
            var next = place
            while next < parts.count, case .any = parts[next] {
                next += 1
                all.insert(next)
            }
        }
        return all
    }
}
