import ColumnEngine
import EventModel
import QueryModel

/// A filter, made ready to judge one distinct value after another. Source: Documentation/counting.md C3 to C5.
struct ValueMatcher {
    private let filter: PropertyFilter
    private let texts: Set<ExactText>
    private let lowercased: [String]
    private let globs: [Glob]

    init(_ filter: PropertyFilter) {
        self.filter = filter
        texts = Set(filter.values)
        lowercased = filter.values.map { $0.string.lowercased() }
        globs = filter.operator == .globMatch ? filter.values.map { Glob($0.string) } : []
    }

    /// Whether an event whose property has this value passes.
    func passes(_ value: DistinctValue) -> Bool {
        switch filter.operator {
        case .is: anyElementEquals(value)
        case .isNot: !anyElementEquals(value)
        case .contains: contains(value)
        case .doesNotContain: !contains(value)
        case .less:
            compares(value) {
                $0 < $1
            } _: {
                $0 < $1
            }
        case .lessOrEqual:
            compares(value) {
                $0 <= $1
            } _: {
                !($1 < $0)
            }
        case .greater:
            compares(value) {
                $0 > $1
            } _: {
                $1 < $0
            }
        case .greaterOrEqual:
            compares(value) {
                $0 >= $1
            } _: {
                !($0 < $1)
            }
        case .setIs: elements(value) == texts
        case .setIsNot: elements(value) != texts
        case .setContains: elements(value).isSuperset(of: texts)
        case .setDoesNotContain: !elements(value).isSuperset(of: texts)
        case .startsWith: starts(value)
        case .doesNotStartWith: !starts(value)
        case .globMatch: value.labels.contains { label in globs.contains { $0.matches(label) } }
        }
    }

    /// Only here is a missing value the value `(none)`.
    private func anyElementEquals(_ value: DistinctValue) -> Bool {
        if value.labels.isEmpty { return texts.contains(ExactText(noValueLabel)) }
        return value.labels.contains { texts.contains(ExactText($0)) }
    }

    private func contains(_ value: DistinctValue) -> Bool {
        value.labels.contains { label in
            let text = label.lowercased()
            return lowercased.contains { text.utf8Contains($0) }
        }
    }

    private func starts(_ value: DistinctValue) -> Bool {
        value.labels.contains { label in
            let text = label.lowercased()
            return lowercased.contains { text.utf8.starts(with: $0.utf8) }
        }
    }

    /// As numbers if both are, else as texts by code point. No value is neither less nor greater.
    private func compares(
        _ value: DistinctValue,
        _ numbers: (Double, Double) -> Bool,
        _ order: (ExactText, ExactText) -> Bool
    ) -> Bool {
        value.labels.contains { label in
            filter.values.contains { wanted in
                if let a = DistinctValue.number(label), let b = DistinctValue.number(wanted.string) {
                    return numbers(a, b)
                }
                return order(ExactText(label), wanted)
            }
        }
    }

    /// A scalar is a list of one.
    private func elements(_ value: DistinctValue) -> Set<ExactText> {
        Set(value.labels.map { ExactText($0) })
    }
}

extension String {
    /// Substring by code points. An empty text is in every text.
    fileprivate func utf8Contains(_ other: String) -> Bool {
        let (text, wanted) = (Array(utf8), Array(other.utf8))
        guard wanted.count <= text.count else { return false }
        return (0...(text.count - wanted.count)).contains { start in
            text[start..<start + wanted.count].elementsEqual(wanted)
        }
    }
}
