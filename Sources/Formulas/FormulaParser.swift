import EventModel

/// Text to formulas, by recursive descent:
///
///     formulas = formula {";" formula}
///     formula  = ["%:" | "$:"] (sum | distribution)
///     sum      = product {("+" | "-") product}
///     product  = factor {("*" | "/") factor}
///     factor   = "-" factor | number | "(" sum ")" | function
struct FormulaParser {
    /// Of parentheses, functions and minus signs in one another; bounds the parser's stack.
    static let mostLevels = 50
    /// Operators and functions of one formula; bounds the depth of the expression, and the work for each bucket.
    static let mostSteps = 200

    private let text: [Character]
    private let tokens: [FormulaToken]
    private var index = 0
    private var level = 0
    private var steps = 0

    init(_ text: String) {
        self.text = Array(text)
        tokens = FormulaToken.list(self.text)
    }

    mutating func formulas() throws(FormulaError) -> [Formula] {
        var formulas = [try formula()]
        while skip(";") {
            guard formulas.count < Formula.most else { throw FormulaError(at: token.position, .tooManyFormulas) }
            formulas.append(try formula())
        }
        guard token.kind == .end else { throw unexpected("an operator, \";\" or the end") }
        return formulas
    }

    private mutating func formula() throws(FormulaError) -> Formula {
        let first = token.position
        steps = 0
        let format = try format()
        let content: Formula.Content =
            if let distribution = try distribution() { .distribution(distribution) } else { .value(try sum()) }
        let written = text[first - 1..<token.position - 1]
        let end = written.lastIndex { !$0.isWhitespace } ?? first - 1
        return Formula(text: String(written[...end]), format: format, content: content)
    }

    private mutating func format() throws(FormulaError) -> Formula.Format? {
        for format in Formula.Format.allCases where skip(format.rawValue.first ?? ":") {
            guard skip(":") else { throw unexpected("\":\"") }
            return format
        }
        return nil
    }

    private mutating func distribution() throws(FormulaError) -> Formula.Distribution? {
        guard token.kind == .name, case .distribution(let make) = FormulaFunction(token.text) else { return nil }
        index += 1
        try take("(")
        let event = try event()
        try take(")")
        return make(event)
    }

    // MARK: Arithmetic

    private mutating func sum() throws(FormulaError) -> FormulaExpression {
        var result = try product()
        while let sign = try operation(.plus, .minus) {
            result = .operation(result, sign, try product())
        }
        return result
    }

    private mutating func product() throws(FormulaError) -> FormulaExpression {
        var result = try factor()
        while let sign = try operation(.times, .over) {
            result = .operation(result, sign, try factor())
        }
        return result
    }

    private mutating func operation(
        _ a: FormulaExpression.Operator,
        _ b: FormulaExpression.Operator
    ) throws(FormulaError) -> FormulaExpression.Operator? {
        guard case .sign(let character) = token.kind, character == a.rawValue || character == b.rawValue else {
            return nil
        }
        try step()
        return character == a.rawValue ? a : b
    }

    private mutating func factor() throws(FormulaError) -> FormulaExpression {
        switch token.kind {
        case .number(let number):
            guard number.isFinite else { throw unexpected("a number below 1.8e308") }
            index += 1
            return .constant(number)
        case .sign("-"):
            try step()
            return .negative(try nested { parser throws(FormulaError) in try parser.factor() })
        case .sign("("):
            index += 1
            let value = try nested { parser throws(FormulaError) in try parser.sum() }
            try take(")", or: "an operator")
            return value
        case .name: return try call()
        case .sign, .end: throw unexpected("a number, a function such as UNIQUES(A), or \"(\"")
        }
    }

    // MARK: Functions

    private mutating func call() throws(FormulaError) -> FormulaExpression {
        let name = token
        guard let function = FormulaFunction(name.text) else {
            if let event = FormulaEvent(name.text) {
                throw unexpected("a function of the event, such as UNIQUES(\(event))")
            }
            let nearest = nearestNames(to: name.text, among: FormulaFunction.names)
            throw FormulaError(at: name.position, .unknownFunction(String(name.text.prefix(40)), nearest: nearest))
        }
        if case .unanswered(let advice) = function {
            throw FormulaError(at: name.position, .unanswered(name.text.uppercased(), advice: advice))
        }
        if case .distribution = function {
            throw FormulaError(at: name.position, .standsAlone(name.text.uppercased()))
        }
        try step()
        try take("(")
        let value = try arguments(of: function)
        try take(")", or: function.takesValueLast ? "an operator" : nil)
        return value
    }

    private mutating func arguments(of function: FormulaFunction) throws(FormulaError) -> FormulaExpression {
        switch function {
        case .quantity(let quantity): return .measure(FormulaMeasure(quantity, try event()))
        case .percentile(let quantity):
            let event = try event()
            try take(",")
            return .measure(FormulaMeasure(quantity(try quantile()), event))
        case .cumulative:
            let quantity = try aggregable()
            return .measure(FormulaMeasure(quantity, try event(), .cumulative))
        case .trailing(let window):
            let quantity = try aggregable()
            let event = try event()
            return .measure(FormulaMeasure(quantity, event, window(try rollingLength())))
        case .rollingAverage:
            let quantity = try aggregable()
            let event = try event()
            return .rollingAverage(quantity, event, try rollingLength())
        case .function(let function): return .function(function, try value())
        case .trendline: return .trendline(try value())
        case .logarithm:
            let value = try value()
            try take(",", or: "an operator")
            return .logarithm(value, base: try base())
        case .power:
            let value = try value()
            try take(",", or: "an operator")
            return .power(value, exponent: try exponent())
        case .distribution, .unanswered: preconditionFailure("refused before")
        }
    }

    private mutating func value() throws(FormulaError) -> FormulaExpression {
        try nested { parser throws(FormulaError) in try parser.sum() }
    }

    private mutating func event() throws(FormulaError) -> FormulaEvent {
        guard token.kind == .name, let event = FormulaEvent(token.text) else {
            throw unexpected("an event, such as A, or A1 for its first segment,")
        }
        index += 1
        return event
    }

    /// The function's name that CUMSUM and its like begin with, and the comma behind it.
    private mutating func aggregable() throws(FormulaError) -> FormulaQuantity {
        guard token.kind == .name, let quantity = FormulaFunction.aggregable[token.text.uppercased()] else {
            throw unexpected("one of \(FormulaFunction.aggregable.keys.sorted().joined(separator: ", "))")
        }
        index += 1
        try take(",")
        return quantity
    }

    private mutating func quantile() throws(FormulaError) -> Quantile {
        guard case .number(let number) = token.kind, let quantile = Quantile(number) else {
            throw unexpected("a number from 0 to 1, such as 0.9,")
        }
        index += 1
        return quantile
    }

    /// The comma before it, too.
    private mutating func rollingLength() throws(FormulaError) -> RollingLength {
        try take(",")
        guard case .number(let number) = token.kind, let count = Int(exactly: number),
            let length = RollingLength(buckets: count)
        else {
            let (least, most) = (RollingLength.allowed.lowerBound, RollingLength.allowed.upperBound)
            throw unexpected("a whole number from \(least) to \(most), such as 7,")
        }
        index += 1
        return length
    }

    private mutating func base() throws(FormulaError) -> Double {
        guard case .number(let base) = token.kind, base.isFinite, base > 0, base != 1 else {
            throw unexpected("a number above 0 other than 1, such as 2,")
        }
        index += 1
        return base
    }

    private mutating func exponent() throws(FormulaError) -> Double {
        let isNegative = skip("-")
        guard case .number(let exponent) = token.kind, exponent.isFinite else {
            throw unexpected("a number, such as 2,")
        }
        index += 1
        return isNegative ? -exponent : exponent
    }

    // MARK: Tokens

    private var token: FormulaToken { tokens[index] }

    /// The last token, the end, is never passed.
    private mutating func skip(_ sign: Character) -> Bool {
        guard token.kind == .sign(sign) else { return false }
        index += 1
        return true
    }

    private mutating func take(_ sign: Character, or alternative: String? = nil) throws(FormulaError) {
        guard skip(sign) else { throw unexpected((alternative.map { "\($0) or " } ?? "") + "\"\(sign)\"") }
    }

    private func unexpected(_ expected: String) -> FormulaError {
        FormulaError(at: token.position, .unexpected(found: token.description, expected: expected))
    }

    /// Passes an operator or a function's name.
    private mutating func step() throws(FormulaError) {
        steps += 1
        guard steps <= Self.mostSteps else { throw FormulaError(at: token.position, .tooLong) }
        index += 1
    }

    /// Reads what the parenthesis, function or minus sign before it encloses.
    private mutating func nested(
        _ body: (inout FormulaParser) throws(FormulaError) -> FormulaExpression
    ) throws(FormulaError) -> FormulaExpression {
        guard level < Self.mostLevels else { throw FormulaError(at: tokens[index - 1].position, .nestedTooDeep) }
        level += 1
        defer { level -= 1 }
        return try body(&self)
    }
}

extension FormulaFunction {
    /// Whether an operator could go on where its closing parenthesis is expected.
    fileprivate var takesValueLast: Bool {
        switch self {
        case .function, .trendline: true
        default: false
        }
    }
}
