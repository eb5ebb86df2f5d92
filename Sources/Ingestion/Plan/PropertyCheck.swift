import EventModel
import Patterns
import Storage

/// What the values of one property must be. Source: Documentation/taxonomy.md X13.
struct PropertyCheck {
    /// Whether there is anything that a value must be.
    let isDeclared: Bool
    let isRequired: Bool
    private let type: PropertySettings.ValueType
    private let values: Set<ExactText>
    private let isList: Bool
    private let pattern: Pattern?
    /// Its place among all patterns of the plan.
    private let number: Int

    init(_ settings: PropertySettings, number: Int) {
        isDeclared = settings.isDeclared
        isRequired = settings.isRequired
        type = settings.type
        values = Set((settings.values ?? []).map { ExactText($0) })
        isList = settings.isList
        // One that was planned before patterns were read as they are now is none.
        pattern = settings.pattern.flatMap { Pattern($0, isUnicode: true) }
        self.number = number
    }

    /// What is wrong with a value, and what it is; each problem once, whichever element of a list has it.
    func problems(of value: PropertyValue, _ matching: Matching) -> [PlanFinding.Problem: PlanFinding.Received] {
        if case .null = value { return [:] }
        guard isList else { return problems(ofElement: value, matching) }
        guard case .list(let elements) = value else { return [.noList: .init(value)] }
        return problems(ofElements: elements, matching)
    }

    /// The same of what is put into a list: an element, or several.
    func problems(ofAdded value: PropertyValue, _ matching: Matching) -> [PlanFinding.Problem: PlanFinding.Received] {
        guard case .list(let elements) = value else { return problems(ofElement: value, matching) }
        return problems(ofElements: elements, matching)
    }

    /// The same of a number that is added to the value.
    func problemsOfSum() -> [PlanFinding.Problem: PlanFinding.Received] {
        type == .string || type == .boolean ? [.type: .number] : [:]
    }

    private func problems(
        ofElements elements: [PropertyValue],
        _ matching: Matching
    ) -> [PlanFinding.Problem: PlanFinding.Received] {
        elements.reduce(into: [:]) { $0.merge(problems(ofElement: $1, matching)) { $1 } }
    }

    private func problems(
        ofElement value: PropertyValue,
        _ matching: Matching
    ) -> [PlanFinding.Problem: PlanFinding.Received] {
        switch (type, value) {
        case (_, .null): return [:]
        case (.any, _), (.string, .string), (.number, .integer), (.number, .number), (.boolean, .bool): break
        case (.enum, _):
            guard let label = value.label, values.contains(ExactText(label)) else { return [.value: .init(value)] }
        default: return [.type: .init(value)]
        }
        guard let pattern, case .string(let text) = value else { return [:] }
        switch matching.verdict(of: pattern, number, on: text) {
        case .found: return [:]
        case .missing: return [.pattern: .string]
        case .tooSlow: return [.slowPattern: .string]
        }
    }
}

/// Where patterns are matched: one thread's.
final class Matching {
    private let room = MatchRoom()
    /// How often each pattern was too slow since ``rest()``.
    private var slowness: [Int: Int] = [:]

    /// A pattern that was too slow so often is tried no more until ``rest()``: a commit waits for all of it.
    private static let patience = 20

    func rest() { if !slowness.isEmpty { slowness = [:] } }

    func verdict(of pattern: Pattern, _ number: Int, on text: String) -> Pattern.Verdict {
        if slowness[number, default: 0] >= Self.patience { return .tooSlow }
        let verdict = pattern.verdict(on: Array(text.utf8), room)
        if verdict == .tooSlow { slowness[number, default: 0] += 1 }
        return verdict
    }
}
