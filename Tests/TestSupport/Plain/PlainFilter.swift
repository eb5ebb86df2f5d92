import Foundation
public import QueryModel

/// Whether a value passes a filter, by Documentation/counting.md C3 to C5. Shares no code with the sources.
public func plainlyPasses(_ value: PlainValue, _ operation: PropertyFilter.Operator, _ wanted: [String]) -> Bool {
    func any(_ test: (String, String) -> Bool) -> Bool {
        value.labels.contains { label in wanted.contains { test(label, $0) } }
    }
    func isAny() -> Bool { value.labels.isEmpty ? wanted.contains("(none)") : any { $0 == $1 } }
    func contains() -> Bool { any { $1.isEmpty || $0.lowercased().contains($1.lowercased()) } }
    func starts() -> Bool { any { $0.lowercased().hasPrefix($1.lowercased()) } }
    func hasAll() -> Bool { wanted.allSatisfy { value.labels.contains($0) } }
    switch operation {
    case .is: return isAny()
    case .isNot: return !isAny()
    case .contains: return contains()
    case .doesNotContain: return !contains()
    case .less: return any { plainOrder($0, $1) < 0 }
    case .lessOrEqual: return any { plainOrder($0, $1) <= 0 }
    case .greater: return any { plainOrder($0, $1) > 0 }
    case .greaterOrEqual: return any { plainOrder($0, $1) >= 0 }
    case .setIs: return Set(value.labels) == Set(wanted)
    case .setIsNot: return Set(value.labels) != Set(wanted)
    case .setContains: return hasAll()
    case .setDoesNotContain: return !hasAll()
    case .startsWith: return starts()
    case .doesNotStartWith: return !starts()
    case .globMatch: return any { plainGlob(Array($1.unicodeScalars)[...], Array($0.unicodeScalars)[...]) }
    }
}

/// Below, at or above 0: as numbers if both are numbers, else by code points.
private func plainOrder(_ a: String, _ b: String) -> Int {
    func number(_ text: String) -> Double? {
        let isNumber = text.wholeMatch(of: /[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?/) != nil
        return isNumber ? Double(text) : nil
    }
    if let a = number(a), let b = number(b) { return a < b ? -1 : a > b ? 1 : 0 }
    let (a, b) = (a.unicodeScalars.map(\.value), b.unicodeScalars.map(\.value))
    return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
}

/// `*` stops at `/`, `**` does not; `?`, `[a-z]`, `[!a-z]`. By trying every length.
public func plainGlob(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    switch first {
    case "*":
        let crosses = rest.first == "*"
        let behind = crosses ? rest.dropFirst() : rest
        if plainGlob(behind, text) { return true }
        guard let letter = text.first, crosses || letter != "/" else { return false }
        return plainGlob(pattern, text.dropFirst())
    case "?": return text.first.map { $0 != "/" } == true && plainGlob(rest, text.dropFirst())
    case "[":
        guard let end = rest.firstIndex(of: "]"), let letter = text.first else { return false }
        var set = Array(rest[..<end])
        let isNegated = set.first == "!"
        if isNegated { set.removeFirst() }
        let isIn = set.count == 3 && set[1] == "-" ? set[0] <= letter && letter <= set[2] : set.contains(letter)
        return isIn != isNegated && plainGlob(pattern[(end + 1)...], text.dropFirst())
    default: return text.first == first && plainGlob(rest, text.dropFirst())
    }
}
