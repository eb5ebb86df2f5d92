import Foundation

/// Arithmetic over the series of a metric, bucket by bucket: `100*B/A`, `rollavg(A, 7)`.
/// Source: Documentation/metrics.md V20.
public struct SeriesFormula: Hashable, Sendable {
    /// A letter is a series by its place: A is 0.
    indirect enum Expression: Hashable, Sendable {
        case number(Double)
        case series(Int)
        case negative(Expression)
        case operation(Operation, Expression, Expression)
        case scalar(ScalarFunction, [Expression])
        case cumulative(Expression)
        case previous(Expression)
        /// The mean of so many buckets up to this one, or of those that there are.
        case rollingAverage(Expression, buckets: Int)
    }

    enum Operation: Hashable, Sendable { case add, subtract, multiply, divide, remainder, power }

    /// Raw value: its name.
    enum ScalarFunction: String, CaseIterable, Hashable, Sendable {
        case abs, ceil, floor, sqrt, ln, log10, exp, round, pow, min, max

        /// How many arguments it takes.
        var arguments: ClosedRange<Int> {
            switch self {
            case .abs, .ceil, .floor, .sqrt, .ln, .log10, .exp: 1...1
            case .round: 1...2
            case .pow: 2...2
            case .min, .max: 1...26
            }
        }
    }

    let expression: Expression

    /// - Parameters:
    ///   - text: letters and names in any case.
    ///   - series: how many there are.
    public init(parsing text: String, series: Int) throws(SeriesFormulaError) {
        var parser = SeriesFormulaParser(text, series: series)
        expression = try parser.formula()
    }

    /// Bucket by bucket. What is no finite number is 0.
    ///
    /// - Parameter series: each with a value for each bucket.
    public func values(of series: [[Double]], buckets: Int) -> [Double] { expression.values(series, buckets) }
}

/// What is wrong with a formula, and where.
public struct SeriesFormulaError: Error, Equatable {
    /// Goes on a sentence that begins with the place: `at character 3: …`.
    public var sentence: String
    /// From 0; in characters as Unicode counts code points.
    public var offset: Int
}

extension SeriesFormula.Expression {
    fileprivate func values(_ series: [[Double]], _ buckets: Int) -> [Double] {
        switch self {
        case .number(let number): return Array(repeating: number, count: buckets)
        case .series(let number): return series[number]
        case .negative(let of): return of.values(series, buckets).map { -$0 }
        case .operation(let operation, let left, let right):
            return zip(left.values(series, buckets), right.values(series, buckets)).map { left, right in
                finite(operation.value(left, right))
            }
        case .scalar(let function, let arguments):
            let values = arguments.map { $0.values(series, buckets) }
            return (0..<buckets).map { bucket in finite(function.value(values.map { $0[bucket] })) }
        case .cumulative(let of):
            var sum = 0.0
            return of.values(series, buckets).map { value in
                sum = finite(sum + value)
                return sum
            }
        case .previous(let of): return Array(([0] + of.values(series, buckets)).prefix(buckets))
        case .rollingAverage(let of, let length):
            let values = of.values(series, buckets)
            return values.indices.map { bucket in
                let window = values[max(0, bucket - length + 1)...bucket]
                return finite(window.reduce(0, +) / Double(window.count))
            }
        }
    }
}

private func finite(_ value: Double) -> Double { value.isFinite ? value : 0 }

extension SeriesFormula.Operation {
    fileprivate func value(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        // The sign is the dividend's.
        case .remainder: right == 0 ? 0 : left.truncatingRemainder(dividingBy: right)
        case .power: Foundation.pow(left, right)
        }
    }
}

extension SeriesFormula.ScalarFunction {
    /// - Parameter arguments: as many as it takes.
    fileprivate func value(_ arguments: [Double]) -> Double {
        let value = arguments[0]
        switch self {
        case .abs: return Swift.abs(value)
        case .ceil: return value.rounded(.up)
        case .floor: return value.rounded(.down)
        case .sqrt: return value.squareRoot()
        case .ln: return Foundation.log(value)
        case .log10: return Foundation.log10(value)
        case .exp: return Foundation.exp(value)
        case .round:
            // Half away from zero.
            let digits = arguments.count > 1 ? Int(Swift.max(-15, Swift.min(15, arguments[1]))) : 0
            let scale = Foundation.pow(10, Double(digits))
            return (value * scale).rounded(.toNearestOrAwayFromZero) / scale
        case .pow: return Foundation.pow(value, arguments[1])
        case .min: return arguments.min() ?? 0
        case .max: return arguments.max() ?? 0
        }
    }
}
