extension FormulaExpression {
    /// The same, with each plain measure replaced. Averages over buckets stay as they are.
    public func mapMeasures(_ replacement: (FormulaMeasure) -> FormulaExpression) -> FormulaExpression {
        switch self {
        case .constant, .rollingAverage: self
        case .measure(let measure): replacement(measure)
        case .negative(let value): .negative(value.mapMeasures(replacement))
        case .operation(let left, let sign, let right):
            .operation(left.mapMeasures(replacement), sign, right.mapMeasures(replacement))
        case .function(let function, let value): .function(function, value.mapMeasures(replacement))
        case .logarithm(let value, let base): .logarithm(value.mapMeasures(replacement), base: base)
        case .power(let value, let exponent): .power(value.mapMeasures(replacement), exponent: exponent)
        case .trendline(let value): .trendline(value.mapMeasures(replacement))
        }
    }
}

extension FormulaEvent {
    /// The event of that index, each segment by itself. `nil` beyond Z.
    public init?(index: Int) {
        guard (0..<26).contains(index) else { return nil }
        self.index = index
        segment = nil
    }
}
