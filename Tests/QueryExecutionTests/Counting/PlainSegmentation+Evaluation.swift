import Foundation
import QueryModel
import TestSupport

extension PlainSegmentation {
    /// Computes the numbers of one line.
    struct Evaluation {
        private let whole: PlainSegmentation
        private let output: Output
        /// Of the group.
        private let streams: [[Int]: [Counted]]

        init(whole: PlainSegmentation, output: Output, streams: [[Int]: [Counted]], group: [String]) {
            self.whole = whole
            self.output = output
            self.streams = Dictionary(
                uniqueKeysWithValues: streams.map { place, stream in
                    let width = place[0] < 0 ? whole.query.groupBys.count : whole.splitting(place[0]).count
                    let own = Array(group.suffix(width))
                    return (place, stream.filter { $0.groups.contains(own) })
                }
            )
        }

        private var axis: PlainAxis { whole.axis }

        var values: [Double] {
            let n = output.average
            return (axis.lead..<axis.keys.count).map { bucket in
                let sum = (bucket - n + 1...bucket).reduce(0) { $0 + value(output.expression, $1, wholeBuckets: n > 1) }
                return sum / Double(n)
            }
        }

        var collapsed: Double {
            func value(_ formula: PlainFormula) -> Double {
                finite(
                    formula.collapsing { name, event, fraction in
                        measure(name, event, fraction) { $0.isInRange }
                    }
                )
            }
            return value(output.expression)
        }

        private func value(_ formula: PlainFormula, _ bucket: Int, wholeBuckets: Bool) -> Double {
            func value(_ formula: PlainFormula) -> Double { self.value(formula, bucket, wholeBuckets: wholeBuckets) }
            switch formula {
            case .number(let number): return number
            case .measure(let name, let event, let fraction):
                return measure(name, event, fraction) { $0.bucket == bucket && (wholeBuckets || $0.isInRange) }
            case .cumulative(let name, let event):
                return measure(name, event, nil) { $0.bucket <= bucket && $0.isInRange }
            case .window(_, let name, let event, let n, let fraction):
                return measure(name, event, fraction) { counted in
                    if n == 1 { return counted.bucket == bucket && (wholeBuckets || counted.isInRange) }
                    return counted.bucket <= bucket && counted.bucket > bucket - n
                }
            case .average(let name, let event, let n):
                return (bucket - n + 1...bucket).reduce(0) { sum, b in
                    sum + measure(name, event, nil) { $0.bucket == b && (n > 1 || wholeBuckets || $0.isInRange) }
                } / Double(n)
            case .trend(let inner):
                let ys = (axis.lead..<axis.keys.count).map { self.value(inner, $0, wholeBuckets: wholeBuckets) }
                return line(ys, at: bucket - axis.lead)
            default: return finite(formula.combined(value))
            }
        }

        /// Ordinary least squares from the textbook's sums.
        private func line(_ ys: [Double], at x: Int) -> Double {
            let n = Double(ys.count)
            if ys.count == 1 { return ys[0] }
            let xs = ys.indices.map { Double($0) }
            let (sx, sy) = (xs.reduce(0, +), ys.reduce(0, +))
            let sxx = xs.reduce(0) { $0 + $1 * $1 }
            let sxy = zip(xs, ys).reduce(0) { $0 + $1.0 * $1.1 }
            let slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
            return (sy - slope * sx) / n + slope * Double(x)
        }

        private func measure(_ name: String, _ event: String, _ fraction: Double?, _ isIn: (Counted) -> Bool) -> Double
        {
            let (number, segment) = whole.place(event, output)
            let isOfProperty = name == "REVENUETOTAL" && whole.numericEvents.contains(number)
            return whole.number(isOfProperty ? "PROPSUM" : name, fraction, streams[[number, segment]]!.filter(isIn)) {
                streams[[-1, segment]]!.filter(isIn)
            }
        }
    }
}

private func finite(_ number: Double) -> Double { number.isFinite ? number : 0 }

extension PlainFormula {
    /// Arithmetic and functions of one number.
    fileprivate func combined(_ value: (PlainFormula) -> Double) -> Double {
        switch self {
        case .negative(let inner): -value(inner)
        case .sign(let left, "+", let right): value(left) + value(right)
        case .sign(let left, "-", let right): value(left) - value(right)
        case .sign(let left, "*", let right): value(left) * value(right)
        case .sign(let left, "/", let right): value(left) / value(right)
        case .function("EXP", let inner): exp(value(inner))
        case .function("LN", let inner): log(value(inner))
        case .function("LOG10", let inner): log(value(inner)) / log(10)
        case .function("SQRT", let inner): pow(value(inner), 0.5)
        case .logarithm(let inner, let base): log(value(inner)) / log(base)
        case .power(let inner, let exponent): pow(value(inner), exponent)
        default: fatalError("not an operation")
        }
    }

    /// Over the whole range, where no window is left.
    fileprivate func collapsing(_ measure: (String, String, Double?) -> Double) -> Double {
        switch self {
        case .number(let number): number
        case .measure(let name, let event, let fraction): measure(name, event, fraction)
        case .cumulative(let name, let event), .average(let name, let event, _): measure(name, event, nil)
        case .window(_, let name, let event, _, let fraction): measure(name, event, fraction)
        case .trend(let inner): inner.collapsing(measure)
        default: finite(combined { finite($0.collapsing(measure)) })
        }
    }
}
