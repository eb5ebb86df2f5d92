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
    case .equal: return any { $0 == $1 || isSameNumber($0, $1) }
    case .notEqual: return !any { $0 == $1 || isSameNumber($0, $1) }
    case .hasText: return any { isIn($1, $0) }
    case .hasNoText: return !any { isIn($1, $0) }
    case .beginsWith: return any { codes($0).starts(with: codes($1)) }
    case .endsWith: return any { codes($0).reversed().starts(with: codes($1).reversed()) }
    case .isSet: return value.labels.contains { $0 != "" }
    case .isNotSet: return !value.labels.contains { $0 != "" }
    case .globMatch: return any { plainGlob(Array($1.unicodeScalars)[...], Array($0.unicodeScalars)[...]) }
    }
}

private func codes(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

private func isSameNumber(_ a: String, _ b: String) -> Bool { plainNumber(a).map { $0 == plainNumber(b) } ?? false }

/// By trying every place.
private func isIn(_ wanted: String, _ text: String) -> Bool {
    let (text, wanted) = (codes(text), codes(wanted))
    return wanted.count <= text.count && (0...text.count - wanted.count).contains { text[$0...].starts(with: wanted) }
}

private func plainNumber(_ text: String) -> Double? {
    let isNumber = text.wholeMatch(of: /[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?/) != nil
    return isNumber ? Double(text) : nil
}

/// Below, at or above 0: as numbers if both are numbers, else by code points.
private func plainOrder(_ a: String, _ b: String) -> Int {
    if let a = plainNumber(a), let b = plainNumber(b) { return a < b ? -1 : a > b ? 1 : 0 }
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
