/// Reads a ``SeriesFormula``, by the grammar of the metrics API:
///
///     expr  = term  { ("+"|"-") term }      term = unary { ("*"|"/"|"%") unary }
///     unary = [ "-" ] unary | power         power = atom [ "^" unary ]
///     atom  = number | LETTER | name "(" expr { "," expr } ")" | "(" expr ")"
struct SeriesFormulaParser {
    private typealias Expression = SeriesFormula.Expression

    private let text: [Unicode.Scalar]
    private let seriesCount: Int
    private var place = 0

    init(_ text: String, series: Int) {
        self.text = Array(text.unicodeScalars)
        seriesCount = series
    }

    mutating func formula() throws(SeriesFormulaError) -> SeriesFormula.Expression {
        let expression = try self.expression()
        skipSpace()
        guard place == text.count else { throw failure("an operator such as + is expected here") }
        return expression
    }

    // MARK: Grammar

    private mutating func expression() throws(SeriesFormulaError) -> Expression {
        var left = try term()
        while let sign = takeAny("+-") { left = .operation(sign == "+" ? .add : .subtract, left, try term()) }
        return left
    }

    private mutating func term() throws(SeriesFormulaError) -> Expression {
        var left = try unary()
        while let sign = takeAny("*/%") {
            left = .operation(sign == "*" ? .multiply : sign == "/" ? .divide : .remainder, left, try unary())
        }
        return left
    }

    private mutating func unary() throws(SeriesFormulaError) -> Expression {
        takeAny("-") != nil ? .negative(try unary()) : try power()
    }

    private mutating func power() throws(SeriesFormulaError) -> Expression {
        let base = try atom()
        return takeAny("^") != nil ? .operation(.power, base, try unary()) : base
    }

    private mutating func atom() throws(SeriesFormulaError) -> Expression {
        skipSpace()
        let start = place
        if takeAny("(") != nil {
            let inner = try expression()
            try expect(")")
            return inner
        }
        if let number = try number() { return .number(number) }
        let name = word().lowercased()
        if name.isEmpty { throw failure("a number, a letter of a series or a function is expected here") }
        skipSpace()
        if place < text.count, text[place] == "(" { return try call(name, at: start) }
        guard name.unicodeScalars.count == 1, let letter = name.unicodeScalars.first, ("a"..."z").contains(letter)
        else {
            throw failure("\(name) is no series and no function; functions are \(Self.functions)", at: start)
        }
        let number = Int(letter.value - ("a" as Unicode.Scalar).value)
        guard number < seriesCount else {
            throw failure("there is no series \(name.uppercased()), as \(seriesCount) are sent", at: start)
        }
        return .series(number)
    }

    private mutating func call(_ name: String, at start: Int) throws(SeriesFormulaError) -> Expression {
        try expect("(")
        var arguments: [Expression] = []
        repeat { arguments.append(try expression()) } while takeAny(",") != nil
        try expect(")")
        if let function = SeriesFormula.ScalarFunction(rawValue: name) {
            try check(arguments.count, function.arguments, name, at: start)
            return .scalar(function, arguments)
        }
        switch name {
        case "cumsum", "prev":
            try check(arguments.count, 1...1, name, at: start)
            return name == "prev" ? .previous(arguments[0]) : .cumulative(arguments[0])
        case "rollavg":
            try check(arguments.count, 2...2, name, at: start)
            guard case .number(let length) = arguments[1], length >= 1, length <= 10_000, length == length.rounded()
            else { throw failure("rollavg takes a whole number from 1 on, such as rollavg(A,7)", at: start) }
            return .rollingAverage(arguments[0], buckets: Int(length))
        default: throw failure("\(name) is no function; functions are \(Self.functions)", at: start)
        }
    }

    private static let functions =
        (SeriesFormula.ScalarFunction.allCases.map(\.rawValue) + ["cumsum", "rollavg", "prev"]).joined(separator: ", ")

    private func check(
        _ count: Int,
        _ allowed: ClosedRange<Int>,
        _ name: String,
        at start: Int
    ) throws(SeriesFormulaError) {
        if allowed.contains(count) { return }
        let most = allowed.lowerBound == allowed.upperBound ? "" : " to \(allowed.upperBound)"
        throw failure("\(name) takes \(allowed.lowerBound)\(most) values, not \(count)", at: start)
    }

    // MARK: Characters

    private mutating func skipSpace() {
        while place < text.count, text[place].properties.isWhitespace { place += 1 }
    }

    private mutating func takeAny(_ characters: String) -> Unicode.Scalar? {
        skipSpace()
        guard place < text.count, characters.unicodeScalars.contains(text[place]) else { return nil }
        place += 1
        return text[place - 1]
    }

    private mutating func expect(_ character: String) throws(SeriesFormulaError) {
        if takeAny(character) == nil { throw failure("\(character) is expected here") }
    }

    private mutating func word() -> String {
        var word = String.UnicodeScalarView()
        while place < text.count, text[place].properties.isAlphabetic || ("0"..."9").contains(text[place]) {
            word.append(text[place])
            place += 1
        }
        return String(word)
    }

    private mutating func number() throws(SeriesFormulaError) -> Double? {
        guard place < text.count, ("0"..."9").contains(text[place]) || text[place] == "." else { return nil }
        let start = place
        var digits = String.UnicodeScalarView()
        while place < text.count, ("0"..."9").contains(text[place]) || text[place] == "." {
            digits.append(text[place])
            place += 1
        }
        guard let number = Double(String(digits)), number.isFinite else {
            throw failure("\(String(digits)) is no number", at: start)
        }
        return number
    }

    private func failure(_ sentence: String, at offset: Int? = nil) -> SeriesFormulaError {
        SeriesFormulaError(sentence: sentence, offset: offset ?? place)
    }
}
