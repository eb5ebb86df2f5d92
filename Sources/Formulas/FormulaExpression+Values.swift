import Foundation

extension FormulaExpression {
    /// The formula's value in each bucket of the range.
    ///
    /// Whatever is not a finite number, such as x/0 or LN(0), is 0 where it arises.
    /// Source: Documentation/counting.md C26.
    ///
    /// - Parameters:
    ///   - buckets: of the range.
    ///   - series: each of ``measures``, one number for each bucket. It ends with the range's last bucket, and begins
    ///     ``leadBuckets`` before the range's first or earlier. Only averages read what lies before the range.
    public func values(overBuckets buckets: Int, _ series: (FormulaMeasure) -> [Double]) -> [Double] {
        switch self {
        case .constant(let value): [Double](repeating: value.orZero, count: buckets)
        case .measure(let measure): Self.checked(series(measure), atLeast: buckets).suffix(buckets).map(\.orZero)
        case .rollingAverage(let quantity, let event, let length):
            Self.rollingAverage(series(FormulaMeasure(quantity, event)), length.buckets, overBuckets: buckets)
        case .negative(let value): value.values(overBuckets: buckets, series).map { (-$0).orZero }
        case .operation(let left, let sign, let right):
            zip(left.values(overBuckets: buckets, series), right.values(overBuckets: buckets, series))
                .map { sign.apply($0, $1).orZero }
        case .function(let function, let value):
            value.values(overBuckets: buckets, series).map { function.apply($0).orZero }
        case .logarithm(let value, let base):
            value.values(overBuckets: buckets, series).map { Self.logarithm($0, base: base).orZero }
        case .power(let value, let exponent):
            value.values(overBuckets: buckets, series).map { pow($0, exponent).orZero }
        case .trendline(let value): Self.trendline(value.values(overBuckets: buckets, series))
        }
    }

    private static func rollingAverage(_ series: [Double], _ length: Int, overBuckets buckets: Int) -> [Double] {
        let series = checked(series, atLeast: buckets + length - 1)
        return (series.count - buckets..<series.count).map { last in
            let sum = series[last - length + 1...last].reduce(0) { $0 + $1.orZero }
            return (sum / Double(length)).orZero
        }
    }

    /// Ordinary least squares over the buckets 0, 1, 2, …; the line through one value is that value.
    private static func trendline(_ values: [Double]) -> [Double] {
        let count = Double(values.count)
        let middle = (count - 1) / 2
        let mean = values.reduce(0, +) / count
        var covariance = 0.0
        var variance = 0.0
        for (bucket, value) in values.enumerated() {
            let distance = Double(bucket) - middle
            covariance += distance * (value - mean)
            variance += distance * distance
        }
        let slope = variance == 0 ? 0 : covariance / variance
        return values.indices.map { (mean + slope * (Double($0) - middle)).orZero }
    }

    /// Exact for powers of the two bases for which the system has a function of its own.
    private static func logarithm(_ value: Double, base: Double) -> Double {
        switch base {
        case 2: log2(value)
        case 10: log10(value)
        default: log(value) / log(base)
        }
    }

    private static func checked(_ series: [Double], atLeast count: Int) -> [Double] {
        precondition(series.count >= count, "a series covers the range and the lead that the formula asks for")
        return series
    }
}

extension FormulaExpression.Operator {
    fileprivate func apply(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .plus: left + right
        case .minus: left - right
        case .times: left * right
        case .over: left / right
        }
    }
}

extension FormulaExpression.Function {
    fileprivate func apply(_ value: Double) -> Double {
        switch self {
        case .exponential: exp(value)
        case .naturalLogarithm: log(value)
        case .decimalLogarithm: log10(value)
        case .squareRoot: value.squareRoot()
        }
    }
}

extension Double {
    /// 0 for what is not a finite number, and for the zero with a minus, which no reader expects.
    fileprivate var orZero: Double { isFinite ? self + 0 : 0 }
}
