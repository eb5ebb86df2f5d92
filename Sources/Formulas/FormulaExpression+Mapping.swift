extension FormulaExpression {
    /// The same, with each plain measure replaced. Averages over buckets stay as they are.
    public func mapMeasures(_ replacement: (FormulaMeasure) -> FormulaExpression) -> FormulaExpression {
        mapLeaves { leaf in if case .measure(let measure) = leaf { replacement(measure) } else { leaf } }
    }

    /// The same, with what is measured of each event replaced, in averages over buckets too.
    public func mapQuantities(_ replacement: (FormulaQuantity, FormulaEvent) -> FormulaQuantity) -> FormulaExpression {
        mapLeaves { leaf in
            switch leaf {
            case .measure(let measure):
                .measure(FormulaMeasure(replacement(measure.quantity, measure.event), measure.event, measure.window))
            case .rollingAverage(let quantity, let event, let length):
                .rollingAverage(replacement(quantity, event), event, length)
            default: leaf
            }
        }
    }

    /// - Parameter replacement: of what has no expression in it.
    private func mapLeaves(_ replacement: (FormulaExpression) -> FormulaExpression) -> FormulaExpression {
        switch self {
        case .constant, .rollingAverage, .measure: replacement(self)
        case .negative(let value): .negative(value.mapLeaves(replacement))
        case .operation(let left, let sign, let right):
            .operation(left.mapLeaves(replacement), sign, right.mapLeaves(replacement))
        case .function(let function, let value): .function(function, value.mapLeaves(replacement))
        case .logarithm(let value, let base): .logarithm(value.mapLeaves(replacement), base: base)
        case .power(let value, let exponent): .power(value.mapLeaves(replacement), exponent: exponent)
        case .trendline(let value): .trendline(value.mapLeaves(replacement))
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
