public import EventModel
public import QueryModel

/// Conditions as people write them: `country in DE,AT and gp:plan is not free and price > 5`.
/// Source: Documentation/data.md D6.
public enum ConditionText {
    /// - Parameter parameter: names the place in errors.
    public static func filters(
        _ text: String,
        _ parameter: String
    ) throws(QueryParameterError) -> [PropertyFilter] {
        let clauses = try words(of: text, parameter).split(omittingEmptySubsequences: false) { $0.isBare("and") }
        var filters: [PropertyFilter] = []
        for clause in clauses { filters.append(try filter(Array(clause), parameter)) }
        return filters
    }

    /// Texts with commas between, such as names of events; one that has a comma, or blanks at its ends, in quotation marks.
    public static func list(_ text: String, _ parameter: String) throws(QueryParameterError) -> [ExactText] {
        var values: [ExactText] = []
        for value in try words(of: text, parameter, signs: false).split(
            omittingEmptySubsequences: false,
            whereSeparator: { $0.kind == .comma }
        ) {
            guard !value.isEmpty else {
                throw .malformed(parameter, "\(parameter) must be names with commas between, such as Sign Up,Purchase")
            }
            values.append(ExactText(value.map(\.text).joined(separator: " ")))
        }
        return values
    }

    // MARK: Words

    private struct Word {
        enum Kind { case bare, quoted, comma, sign }

        var kind: Kind
        var text: String

        /// Whether it stands there without quotation marks, in whatever case.
        func isBare(_ text: String) -> Bool { kind == .bare && self.text.lowercased() == text }
    }

    /// - Parameter signs: whether `=`, `<` and `>` are words of their own.
    private static func words(
        of text: String,
        _ parameter: String,
        signs: Bool = true
    ) throws(QueryParameterError) -> [Word] {
        let scalars = Array(text.unicodeScalars)
        func isSign(_ index: Int) -> Bool {
            guard signs, index < scalars.count else { return false }
            return "=<>".unicodeScalars.contains(scalars[index])
                || scalars[index] == "!" && index + 1 < scalars.count && scalars[index + 1] == "="
        }
        var words: [Word] = []
        var index = 0
        while index < scalars.count {
            let start = index
            let isAdjacent = index > 0 && !scalars[index - 1].properties.isWhitespace
            if scalars[index].properties.isWhitespace {
                index += 1
            } else if scalars[index] == "," {
                words.append(Word(kind: .comma, text: ","))
                index += 1
            } else if scalars[index] == "\"" {
                guard let quoted = quoted(scalars, &index) else {
                    throw .malformed(
                        parameter,
                        "\(parameter) has a quotation mark that is not closed; write it like city is \"New York\""
                    )
                }
                // gp:"my plan" is one name.
                if isAdjacent, let last = words.last, last.kind == .bare, last.text.hasSuffix(":") {
                    words[words.count - 1].text += quoted
                } else {
                    words.append(Word(kind: .quoted, text: quoted))
                }
            } else if isSign(index) {
                while isSign(index) { index += 1 }
                words.append(Word(kind: .sign, text: String(String.UnicodeScalarView(scalars[start..<index]))))
            } else {
                while index < scalars.count, !scalars[index].properties.isWhitespace, scalars[index] != ",",
                    scalars[index] != "\"", !isSign(index)
                {
                    index += 1
                }
                words.append(Word(kind: .bare, text: String(String.UnicodeScalarView(scalars[start..<index]))))
            }
        }
        return words
    }

    /// The text up to the closing mark, behind which `index` then is. `\"` and `\\` stand for themselves.
    private static func quoted(_ scalars: [Unicode.Scalar], _ index: inout Int) -> String? {
        var text = ""
        index += 1
        while index < scalars.count, scalars[index] != "\"" {
            if scalars[index] == "\\", index + 1 < scalars.count, ["\"", "\\"].contains(scalars[index + 1]) {
                index += 1
            }
            text.unicodeScalars.append(scalars[index])
            index += 1
        }
        guard index < scalars.count else { return nil }
        index += 1
        return text
    }

    // MARK: Conditions

    private static let example = "country in DE,AT and price > 5"

    /// What is written between a property and its values, in small letters. Those that have more words come first.
    private static let operators: [(words: [String], meaning: PropertyFilter.Operator)] =
        (PropertyFilter.Operator.requestNames.map { ($0.key, $0.value) } + [
            ("in", .is), ("not in", .isNot), ("not contains", .doesNotContain), ("=", .is), ("==", .is), ("!=", .isNot),
            ("<>", .isNot), ("<", .less), ("<=", .lessOrEqual), (">", .greater), (">=", .greaterOrEqual),
            // As in queries by URL.
            ("eq", .is), ("ne", .isNot), ("lt", .less), ("lte", .lessOrEqual), ("gt", .greater),
            ("gte", .greaterOrEqual), ("not_in", .isNot), ("not_contains", .doesNotContain),
            ("starts_with", .startsWith),
        ])
        .map { ($0.0.split(separator: " ").map(String.init), $0.1) }
        .sorted { $0.words.count > $1.words.count }

    /// Of which no values are given.
    private static let presence: [String: PropertyFilter.Operator] = [
        "is set": .isNot, "is_set": .isNot, "is not set": .is, "is_not_set": .is,
    ]

    private static func filter(_ words: [Word], _ parameter: String) throws(QueryParameterError) -> PropertyFilter {
        guard let name = words.first, name.kind == .bare || name.kind == .quoted, !name.text.isEmpty else {
            throw .malformed(parameter, "\(parameter) must be conditions with and between, such as \(example)")
        }
        let property = property(name)
        let rest = words.dropFirst().map { $0.kind == .quoted ? "\"" : $0.text.lowercased() }
        if let meaning = presence[rest.joined(separator: " ")] {
            return PropertyFilter(property: property, operator: meaning, values: [ExactText(noValueLabel)])
        }
        guard let found = operators.first(where: { rest.starts(with: $0.words) }) else {
            throw .malformed(
                parameter,
                "behind \(name.text.shown()) in \(parameter) must come what is asked of it: is, is not, in, not in,"
                    + " contains, does not contain, starts with, >, >=, <, <=, is set or is not set, such as \(example);"
                    + " a name with blanks is put into quotation marks"
            )
        }
        var values: [ExactText] = []
        let given = words.dropFirst(1 + found.words.count)
        for value in given.split(omittingEmptySubsequences: false, whereSeparator: { $0.kind == .comma }) {
            guard !value.isEmpty, !value.contains(where: { $0.kind == .sign }) else {
                throw .malformed(
                    parameter,
                    "behind \(name.text.shown()) \(found.words.joined(separator: " ")) in \(parameter) must come values"
                        + " with commas between, such as country in DE,AT; one that has a comma, =, <, > or and in it is"
                        + " put into quotation marks"
                )
            }
            values.append(ExactText(value.map(\.text).joined(separator: " ")))
        }
        return PropertyFilter(property: property, operator: found.meaning, values: values)
    }

    /// A built-in property by its name, a custom user property as `gp:name`, else the event's own; that also as `event:name`.
    private static func property(_ name: Word) -> PropertyReference {
        if name.kind == .bare {
            if let builtIn = BuiltInProperty(requestName: name.text) { return .builtIn(builtIn) }
            for (prefix, make) in [("gp:", PropertyReference.user), ("event:", PropertyReference.event)]
            where name.text.hasPrefix(prefix) && name.text.count > prefix.count {
                return make(ExactText(String(name.text.dropFirst(prefix.count))))
            }
        }
        return .event(ExactText(name.text))
    }
}
