import Formulas
import Foundation
import TestSupport
import Testing

private let buckets = 5
private let lead = 89

/// Formulas made at random, written in many ways, read back, and computed by a reader that shares no code.
@Suite struct FormulaOracleTests {
    @Test("what is written down and read back is the same, and so are its values", arguments: 1...60)
    func roundTrip(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let expression = random.formula()
            let text = expression.written(&random)
            let formula = try #require(try Formula.list(parsing: text).first)
            #expect(formula.content == .value(expression), "seed \(seed): \(text)")
            let values = expression.values(overBuckets: buckets) { series(of: $0.key) }
            let naive = ShuntingYard(text).values
            // A line through large values cannot be exact where it crosses zero.
            let size = if case .trendline = expression { naive.map(abs).reduce(1, max) } else { 1.0 }
            let differs = zip(values, naive).contains { abs($0 - $1) > 1e-9 * max(size, abs($1)) }
            #expect(values.count == naive.count && !differs, "seed \(seed): \(text) gives \(values), not \(naive)")
        }
    }
}

// MARK: SeededRandom formulas

extension SeededRandom {
    /// TRENDLINE stands outside only: what would divide by its rounding errors cannot be compared.
    fileprivate mutating func formula() -> FormulaExpression {
        let inside = expression(depth: below(6))
        return below(4) == 0 ? .trendline(inside) : inside
    }

    private mutating func expression(depth: Int) -> FormulaExpression {
        guard depth > 0 else { return leaf() }
        switch below(8) {
        case 0: return .negative(expression(depth: depth - 1))
        case 1: return .function(pick(FormulaExpression.Function.allCases), expression(depth: depth - 1))
        case 2: return .logarithm(expression(depth: depth - 1), base: pick([2, 3, 10, 0.5]))
        case 3: return .power(expression(depth: depth - 1), exponent: pick([2, 0.5, -1, 0]))
        default:
            let left = expression(depth: below(depth))
            return .operation(left, pick(FormulaExpression.Operator.allCases), expression(depth: below(depth)))
        }
    }

    private mutating func leaf() -> FormulaExpression {
        let event = FormulaEvent(pick(["A", "B", "Z", "A1", "C12"]))!
        let quantity = pick(aggregables).quantity
        let length = RollingLength(buckets: pick([1, 2, 7, 90]))!
        switch below(8) {
        case 0: return .constant(pick([0, 1, 2, 0.5, 90, 1e21, 1e-7]))
        case 1: return .rollingAverage(quantity, event, length)
        case 2: return .measure(FormulaMeasure(quantity, event, .cumulative))
        case 3: return .measure(FormulaMeasure(quantity, event, .trailing(length)))
        case 4: return .measure(FormulaMeasure(quantity, event, .trailingBeforeCohorts(length)))
        case 5: return .measure(FormulaMeasure(.propertyPercentile(Quantile(pick([0, 0.25, 1]))!), event))
        case 6: return .measure(FormulaMeasure(.frequencyPercentile(Quantile(pick([0, 0.25, 1]))!), event))
        default: return .measure(FormulaMeasure(pick(aggregables + [("ARPAU", .sumPerActivePerson)]).quantity, event))
        }
    }
}

private let aggregables: [(name: String, quantity: FormulaQuantity)] = [
    ("UNIQUES", .uniques), ("TOTALS", .totals), ("AVG", .average), ("ACTIVE", .activeShare), ("PROPSUM", .propertySum),
    ("PROPAVG", .propertyAverage), ("PROPMAX", .propertyMaximum), ("PROPMIN", .propertyMinimum),
    ("PROPCOUNT", .propertyValues), ("PROPCOUNTAVG", .propertyValuesPerPerson), ("REVENUETOTAL", .revenueTotal),
]

// MARK: Writing

extension FormulaExpression {
    /// As somebody might write it: any case, any space, parentheses where they must be and sometimes where not.
    fileprivate func written(_ random: inout SeededRandom) -> String {
        var text = ""
        for piece in pieces(&random) {
            if random.below(4) == 0 { text += random.pick([" ", "\t", "  ", "\n"]) }
            text += random.below(2) == 0 ? piece : piece.lowercased()
        }
        return text
    }

    private func pieces(_ random: inout SeededRandom, within precedence: Int = 0) -> [String] {
        let (own, inner): (Int, [String])
        switch self {
        case .constant(let value): (own, inner) = (3, ["\(value)"])
        case .measure(let measure): (own, inner) = (3, measure.pieces)
        case .rollingAverage(let quantity, let event, let length):
            (own, inner) = (3, ["ROLLAVG", "(", quantity.name, ",", "\(event)", ",", "\(length.buckets)", ")"])
        case .negative(let value): (own, inner) = (2, ["-"] + value.pieces(&random, within: 2))
        case .operation(let left, let sign, let right):
            let level = sign == .plus || sign == .minus ? 0 : 1
            (own, inner) = (
                level,
                left.pieces(&random, within: level) + ["\(sign.rawValue)"] + right.pieces(&random, within: level + 1)
            )
        case .function(let function, let value):
            (own, inner) = (3, [function.rawValue, "("] + value.pieces(&random) + [")"])
        case .logarithm(let value, let base):
            (own, inner) = (3, ["LOG", "("] + value.pieces(&random) + [",", "\(base)", ")"])
        case .power(let value, let exponent):
            let signed = exponent < 0 ? ["-", "\(-exponent)"] : ["\(exponent)"]
            (own, inner) = (3, ["POWER", "("] + value.pieces(&random) + [","] + signed + [")"])
        case .trendline(let value): (own, inner) = (3, ["TRENDLINE", "("] + value.pieces(&random) + [")"])
        }
        return own < precedence || random.below(8) == 0 ? ["("] + inner + [")"] : inner
    }
}

extension FormulaQuantity {
    fileprivate var name: String {
        switch self {
        case .sumPerActivePerson: "ARPAU"
        case .propertyPercentile: "PERCENTILE"
        case .frequencyPercentile: "FREQPERCENTILE"
        default: aggregables.first { $0.quantity == self }!.name
        }
    }
}

extension FormulaMeasure {
    fileprivate var pieces: [String] {
        switch (window, quantity) {
        case (.bucket, .propertyPercentile(let quantile)), (.bucket, .frequencyPercentile(let quantile)):
            [quantity.name, "(", "\(event)", ",", "\(quantile.fraction)", ")"]
        case (.bucket, _): [quantity.name, "(", "\(event)", ")"]
        case (.cumulative, _): ["CUMSUM", "(", quantity.name, ",", "\(event)", ")"]
        case (.trailing(let length), _):
            ["ROLLWIN", "(", quantity.name, ",", "\(event)", ",", "\(length.buckets)", ")"]
        case (.trailingBeforeCohorts(let length), _):
            ["ROLLWINBEFORE", "(", quantity.name, ",", "\(event)", ",", "\(length.buckets)", ")"]
        }
    }

    fileprivate var key: String { pieces.joined() }
}

// MARK: The oracle

/// Made-up measurements, with zeroes among them: the same for the same text.
private func series(of key: String) -> [Double] {
    var random = SeededRandom(seed: key.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    return (0..<lead + buckets).map { _ in random.pick([0, 1, 2, 3.5, 10, -4, 1000]) }
}

/// Dijkstra's shunting yard: operators wait on one stack, values on another. Knows the text only.
private struct ShuntingYard {
    private var operands: [[Double]] = []
    private var waiting: [String] = []

    init(_ text: String) {
        var rest = text.uppercased().filter { !$0.isWhitespace }[...]
        var wantsValue = true
        while let first = rest.first {
            if first.isNumber {
                let number = Self.number(&rest)
                operands.append([Double](repeating: number, count: buckets))
                wantsValue = false
            } else if first.isLetter {
                let name = String(rest.prefix { $0.isLetter || $0.isNumber })
                if ["EXP", "LN", "LOG10", "SQRT", "LOG", "POWER", "TRENDLINE"].contains(name) {
                    waiting.append(name)
                    rest = rest.dropFirst(name.count)
                } else {
                    let call = rest[...rest.firstIndex(of: ")")!]
                    operands.append(Self.measured(String(call)))
                    rest = rest[call.endIndex...]
                    wantsValue = false
                }
            } else {
                rest = rest.dropFirst()
                switch first {
                case "(":
                    waiting.append("(")
                    wantsValue = true
                case ",":
                    while waiting.last != "(" { apply(waiting.removeLast()) }
                    wantsValue = true
                case ")":
                    while waiting.last != "(" { apply(waiting.removeLast()) }
                    waiting.removeLast()
                    if let name = waiting.last, name.count > 1 { apply(waiting.removeLast()) }
                    wantsValue = false
                case "-" where wantsValue: waiting.append("~")
                default:
                    while let last = waiting.last, Self.strength(last) >= Self.strength(String(first)) {
                        apply(waiting.removeLast())
                    }
                    waiting.append(String(first))
                    wantsValue = true
                }
            }
        }
        while let last = waiting.popLast() { apply(last) }
    }

    var values: [Double] { operands[0] }

    private static func strength(_ sign: String) -> Int { ["+": 1, "-": 1, "*": 2, "/": 2, "~": 3][sign] ?? 0 }

    private static func number(_ rest: inout Substring) -> Double {
        var text = ""
        while let next = rest.first,
            next.isNumber || next == "." || next == "E" || (text.last == "E" && "+-".contains(next))
        {
            text.append(rest.removeFirst())
        }
        return Double(text)!
    }

    private static func measured(_ call: String) -> [Double] {
        let parts = call.dropLast().split { "(,".contains($0) }
        guard parts[0] == "ROLLAVG" else { return Array(series(of: call).suffix(buckets)) }
        let (all, count) = (series(of: "\(parts[1])(\(parts[2]))"), Int(parts[3])!)
        return (lead..<lead + buckets).map { last in
            var sum = 0.0
            for back in stride(from: count - 1, through: 0, by: -1) { sum += all[last - back] }
            return sum / Double(count)
        }
    }

    private mutating func apply(_ sign: String) {
        if sign == "TRENDLINE" {
            operands.append(line(operands.removeLast()))
            return
        }
        let isBinary = ["+", "-", "*", "/", "LOG", "POWER"].contains(sign)
        let right = isBinary ? operands.removeLast() : []
        let left = operands.removeLast()
        operands.append(
            left.indices.map { i in
                let result: Double =
                    switch sign {
                    case "+": left[i] + right[i]
                    case "-": left[i] - right[i]
                    case "*": left[i] * right[i]
                    case "/": left[i] / right[i]
                    case "~": -left[i]
                    case "EXP": exp(left[i])
                    case "LN": log(left[i])
                    case "LOG10": log10(left[i])
                    case "SQRT": sqrt(left[i])
                    case "LOG":
                        right[i] == 2 ? log2(left[i]) : right[i] == 10 ? log10(left[i]) : log(left[i]) / log(right[i])
                    default: pow(left[i], right[i])
                    }
                return result.isNaN || result.isInfinite ? 0 : result
            }
        )
    }

    /// The normal equations, solved by Cramer's rule.
    private func line(_ y: [Double]) -> [Double] {
        let n = Double(y.count)
        let (sx, sxx) = (n * (n - 1) / 2, (n - 1) * n * (2 * n - 1) / 6)
        let sy = y.reduce(0, +)
        let sxy = y.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
        let determinant = n * sxx - sx * sx
        let (intercept, slope) = ((sy * sxx - sx * sxy) / determinant, (n * sxy - sx * sy) / determinant)
        return y.indices.map { x in
            let value = intercept + slope * Double(x)
            return value.isFinite ? value : 0
        }
    }
}
