/// A function by what its name calls for. Source: Documentation/counting.md C24.
enum FormulaFunction {
    /// `NAME(A)`
    case quantity(FormulaQuantity)
    /// `NAME(A, p)`
    case percentile(@Sendable (Quantile) -> FormulaQuantity)
    /// `NAME(A)`, alone.
    case distribution(@Sendable (FormulaEvent) -> Formula.Distribution)
    /// `CUMSUM(M, A)`
    case cumulative
    /// `NAME(M, A, n)`
    case trailing(@Sendable (RollingLength) -> FormulaWindow)
    /// `ROLLAVG(M, A, n)`
    case rollingAverage
    /// `NAME(value)`
    case function(FormulaExpression.Function)
    /// `LOG(value, base)`
    case logarithm
    /// `POWER(value, exponent)`
    case power
    /// `TRENDLINE(value)`
    case trendline
    /// Known elsewhere; says what to do instead.
    case unanswered(advice: String)

    /// - Parameter name: in any case.
    init?(_ name: String) {
        guard let function = Self.byName[name.uppercased()] else { return nil }
        self = function
    }

    private static let byName: [String: FormulaFunction] = [
        "UNIQUES": .quantity(.uniques),
        "TOTALS": .quantity(.totals),
        "AVG": .quantity(.average),
        "ACTIVE": .quantity(.activeShare),
        "FREQPERCENTILE": .percentile { .frequencyPercentile($0) },
        "HIST": .distribution { .frequency($0) },
        "PROPSUM": .quantity(.propertySum),
        "PROPAVG": .quantity(.propertyAverage),
        "PROPMAX": .quantity(.propertyMaximum),
        "PROPMIN": .quantity(.propertyMinimum),
        "PROPCOUNT": .quantity(.propertyValues),
        "PROPCOUNTAVG": .quantity(.propertyValuesPerPerson),
        "PROPHIST": .distribution { .property($0) },
        "PERCENTILE": .percentile { .propertyPercentile($0) },
        "REVENUETOTAL": .quantity(.revenueTotal),
        "ARPAU": .quantity(.sumPerActivePerson),
        "CUMSUM": .cumulative,
        "ROLLWIN": .trailing { .trailing($0) },
        "ROLLWINBEFORE": .trailing { .trailingBeforeCohorts($0) },
        "ROLLAVG": .rollingAverage,
        "EXP": .function(.exponential),
        "LN": .function(.naturalLogarithm),
        "LOG10": .function(.decimalLogarithm),
        "SQRT": .function(.squareRoot),
        "LOG": .logarithm,
        "POWER": .power,
        "TRENDLINE": .trendline,
        "EVENTTOTALS": .unanswered(advice: "It is for charts of sessions; use TOTALS."),
        "SESSIONTOTALS": .unanswered(advice: "It is for charts of sessions; use TOTALS."),
        "SEMANTICTOTALS": .unanswered(advice: "Use TOTALS."),
        "CAST": .unanswered(advice: "A property's numbers are read as numbers without it."),
    ]

    /// The names that can be answered.
    static let names: [String] = byName.compactMap { name, function in
        if case .unanswered = function { nil } else { name }
    }.sorted()

    /// What may stand first in CUMSUM, ROLLWIN, ROLLWINBEFORE and ROLLAVG. Amplitude, too, leaves ARPAU out.
    static let aggregable: [String: FormulaQuantity] = byName.compactMapValues { function in
        if case .quantity(let quantity) = function, quantity != .sumPerActivePerson { quantity } else { nil }
    }
}
