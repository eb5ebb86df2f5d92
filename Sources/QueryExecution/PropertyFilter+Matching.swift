import ColumnEngine
import EventModel
import QueryModel

extension PropertyFilter {
    /// Whether an event whose property has this value passes. Source: reference/dashboard.md §2, decisions.md 12.
    func passes(_ value: DistinctValue) -> Bool {
        switch `operator` {
        case .is: anyElementEquals(value)
        case .isNot: !anyElementEquals(value)
        case .contains:
            value.labels.contains { label in
                let text = label.lowercased()
                return values.contains { text.utf8Contains($0.string.lowercased()) }
            }
        }
    }

    /// Only here is a missing value the value `(none)`.
    private func anyElementEquals(_ value: DistinctValue) -> Bool {
        if value.labels.isEmpty { return values.contains(ExactText(noValueLabel)) }
        return value.labels.contains { values.contains(ExactText($0)) }
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
