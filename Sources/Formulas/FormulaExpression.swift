/// What a formula computes for each bucket.
public indirect enum FormulaExpression: Hashable, Sendable {
    case constant(Double)
    case measure(FormulaMeasure)
    /// ROLLAVG: the mean of the last buckets' values, this one's included.
    case rollingAverage(FormulaQuantity, FormulaEvent, RollingLength)
    case negative(FormulaExpression)
    case operation(FormulaExpression, Operator, FormulaExpression)
    case function(Function, FormulaExpression)
    /// LOG
    case logarithm(FormulaExpression, base: Double)
    /// POWER
    case power(FormulaExpression, exponent: Double)
    /// TRENDLINE: the straight line through all buckets, by ordinary least squares.
    case trendline(FormulaExpression)

    /// Raw value: its sign.
    public enum Operator: Character, CaseIterable, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
    }

    /// Raw value: its name.
    public enum Function: String, CaseIterable, Sendable {
        case exponential = "EXP"
        case naturalLogarithm = "LN"
        case decimalLogarithm = "LOG10"
        case squareRoot = "SQRT"
    }
}

extension FormulaExpression {
    /// What the engine must measure, each once, in order of appearance.
    public var measures: [FormulaMeasure] {
        var seen: Set<FormulaMeasure> = []
        return allMeasures.filter { seen.insert($0).inserted }
    }

    /// How many buckets before the range the events are needed of.
    public var leadBuckets: Int {
        switch self {
        case .constant: 0
        case .measure(let measure):
            switch measure.window {
            case .bucket, .cumulative: 0
            case .trailing(let length), .trailingBeforeCohorts(let length): length.buckets - 1
            }
        case .rollingAverage(_, _, let length): length.buckets - 1
        case .negative(let value), .function(_, let value), .logarithm(let value, _), .power(let value, _),
            .trendline(let value):
            value.leadBuckets
        case .operation(let left, _, let right): max(left.leadBuckets, right.leadBuckets)
        }
    }

    /// The same without windows: evaluated over the whole range as one bucket, it gives the collapsed value, which covers
    /// the range alone, whatever rolls. Source: Documentation/counting.md C22.
    public var overWholeRange: FormulaExpression {
        switch self {
        case .constant: self
        case .measure(let measure): .measure(FormulaMeasure(measure.quantity, measure.event))
        case .rollingAverage(let quantity, let event, _): .measure(FormulaMeasure(quantity, event))
        case .negative(let value): .negative(value.overWholeRange)
        case .operation(let left, let sign, let right):
            .operation(left.overWholeRange, sign, right.overWholeRange)
        case .function(let function, let value): .function(function, value.overWholeRange)
        case .logarithm(let value, let base): .logarithm(value.overWholeRange, base: base)
        case .power(let value, let exponent): .power(value.overWholeRange, exponent: exponent)
        case .trendline(let value): .trendline(value.overWholeRange)
        }
    }

    private var allMeasures: [FormulaMeasure] {
        switch self {
        case .constant: []
        case .measure(let measure): [measure]
        case .rollingAverage(let quantity, let event, _): [FormulaMeasure(quantity, event)]
        case .negative(let value), .function(_, let value), .logarithm(let value, _), .power(let value, _),
            .trendline(let value):
            value.allMeasures
        case .operation(let left, _, let right): left.allMeasures + right.allMeasures
        }
    }
}
