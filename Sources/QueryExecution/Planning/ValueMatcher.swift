import ColumnEngine
import EventModel
import QueryModel

/// A filter, made ready to judge one distinct value after another. Source: Documentation/counting.md C3 to C5.
struct ValueMatcher {
    private let filter: PropertyFilter
    private let texts: Set<ExactText>
    /// UTF-8.
    private let lowercased: [[UInt8]]
    private let numbers: [Double?]
    private let globs: [Glob]

    init(_ filter: PropertyFilter) {
        self.filter = filter
        texts = Set(filter.values)
        lowercased = filter.values.map { Array($0.string.lowercased().utf8) }
        numbers = filter.values.map { DistinctValue.number($0.string) }
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
        case .equal: equals(value)
        case .notEqual: !equals(value)
        case .hasText: hasText(value)
        case .hasNoText: !hasText(value)
        case .beginsWith:
            value.labels.contains { label in filter.values.contains { label.utf8.starts(with: $0.string.utf8) } }
        case .endsWith:
            value.labels.contains { label in
                filter.values.contains { label.utf8.reversed().starts(with: $0.string.utf8.reversed()) }
            }
        case .isSet: isSet(value)
        case .isNotSet: !isSet(value)
        case .globMatch: value.labels.contains { label in globs.contains { $0.matches(label) } }
        }
    }

    /// Only here is a missing value the value `(none)`.
    private func anyElementEquals(_ value: DistinctValue) -> Bool {
        if value.labels.isEmpty { return texts.contains(ExactText(noValueLabel)) }
        return value.labels.contains { texts.contains(ExactText($0)) }
    }

    /// As numbers if both are, else as texts. No value equals nothing.
    private func equals(_ value: DistinctValue) -> Bool {
        value.labels.contains { label in
            if texts.contains(ExactText(label)) { return true }
            guard let number = DistinctValue.number(label) else { return false }
            return numbers.contains { $0 == number }
        }
    }

    private func hasText(_ value: DistinctValue) -> Bool {
        value.labels.contains { label in
            filter.values.contains { wanted in label.utf8Span.span.contains(wanted.string.utf8Span.span) }
        }
    }

    private func isSet(_ value: DistinctValue) -> Bool { value.labels.contains { !$0.isEmpty } }

    private func contains(_ value: DistinctValue) -> Bool {
        value.labels.contains { label in
            let text = Array(label.lowercased().utf8)
            return lowercased.contains { text.span.contains($0.span) }
        }
    }

    private func starts(_ value: DistinctValue) -> Bool {
        value.labels.contains { label in
            let text = label.lowercased()
            return lowercased.contains { text.utf8.starts(with: $0) }
        }
    }

    /// As numbers if both are, else as texts by code point. No value is neither less nor greater.
    private func compares(
        _ value: DistinctValue,
        _ numbers: (Double, Double) -> Bool,
        _ order: (ExactText, ExactText) -> Bool
    ) -> Bool {
        value.labels.contains { label in
            let number = DistinctValue.number(label)
            return filter.values.indices.contains { index in
                if let number, let wanted = self.numbers[index] { return numbers(number, wanted) }
                return order(ExactText(label), filter.values[index])
            }
        }
    }

    /// A scalar is a list of one.
    private func elements(_ value: DistinctValue) -> Set<ExactText> {
        Set(value.labels.map { ExactText($0) })
    }
}

extension Span<UInt8> {
    /// Substring by code points. An empty text is in every text.
    fileprivate func contains(_ wanted: Span<UInt8>) -> Bool {
        guard wanted.count <= count else { return false }
        for start in 0...(count - wanted.count) {
            var same = 0
            while same < wanted.count, self[start + same] == wanted[same] { same += 1 }
            if same == wanted.count { return true }
        }
        return false
    }
}
