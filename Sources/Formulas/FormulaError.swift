/// A formula that cannot be understood. `message` is shown to the caller.
public struct FormulaError: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// What stands there, and what could.
        case unexpected(found: String, expected: String)
        /// `nearest` are known functions with a name like it.
        case unknownFunction(String, nearest: [String])
        /// A function that exists elsewhere; `advice` is a sentence.
        case unanswered(String, advice: String)
        /// HIST and PROPHIST give no number to compute with.
        case standsAlone(String)
        /// Parentheses, functions and minus signs in one another.
        case nestedTooDeep
        /// Operators and functions of one formula.
        case tooLong
        case tooManyFormulas
    }

    /// In characters, from 1.
    public var position: Int
    public var reason: Reason

    public init(at position: Int, _ reason: Reason) {
        self.position = position
        self.reason = reason
    }

    public var message: String {
        switch reason {
        case .unexpected(let found, let expected):
            "At character \(position) of formula stands \(found), where \(expected) was expected."
        case .unknownFunction(let name, let nearest):
            "At character \(position) of formula stands \"\(name)\", which is no known function."
                + (nearest.isEmpty
                    ? " A function has its event in parentheses, such as UNIQUES(A) or PROPSUM(A)."
                    : " Did you mean \(nearest.joined(separator: ", "))?")
        case .unanswered(let name, let advice):
            "At character \(position) of formula stands \(name), which is not answered here. \(advice)"
        case .standsAlone(let name):
            "At character \(position) of formula stands \(name), which gives a distribution instead of a number;"
                + " it must be the whole formula, such as \(name)(A)."
        case .nestedTooDeep:
            "At character \(position) of formula begins level \(FormulaParser.mostLevels + 1) of parentheses, functions"
                + " and minus signs in one another; \(FormulaParser.mostLevels) levels are the most."
        case .tooLong:
            "At character \(position) stands operator or function \(FormulaParser.mostSteps + 1) of the formula;"
                + " \(FormulaParser.mostSteps) are the most."
        case .tooManyFormulas:
            "At character \(position) begins formula \(Formula.most + 1); \(Formula.most) formulas are the most."
        }
    }
}
