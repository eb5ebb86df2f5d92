/// A formula that the oracle can evaluate, and the text of which the server is asked. Also stands for a plain metric.
indirect enum PlainFormula {
    case number(Double)
    /// `NAME(A)`, or `NAME(A,p)`.
    case measure(String, of: String, fraction: Double? = nil)
    /// `CUMSUM(NAME,A)`
    case cumulative(String, of: String)
    /// `ROLLWIN(NAME,A,n)` or ROLLWINBEFORE.
    case window(String, String, of: String, buckets: Int, fraction: Double? = nil)
    /// `ROLLAVG(NAME,A,n)`
    case average(String, of: String, buckets: Int)
    case negative(PlainFormula)
    case sign(PlainFormula, String, PlainFormula)
    case function(String, PlainFormula)
    case logarithm(PlainFormula, base: Double)
    case power(PlainFormula, exponent: Double)
    case trend(PlainFormula)

    var text: String {
        switch self {
        case .number(let number): "\(number)"
        case .measure(let name, let event, nil): "\(name)(\(event))"
        case .measure(let name, let event, let fraction?): "\(name)(\(event),\(fraction))"
        case .cumulative(let name, let event): "CUMSUM(\(name),\(event))"
        case .window(let function, let name, let event, let buckets, _): "\(function)(\(name),\(event),\(buckets))"
        case .average(let name, let event, let buckets): "ROLLAVG(\(name),\(event),\(buckets))"
        case .negative(let value): "-(\(value.text))"
        case .sign(let left, let sign, let right): "(\(left.text)\(sign)\(right.text))"
        case .function(let name, let value): "\(name)(\(value.text))"
        case .logarithm(let value, let base): "LOG(\(value.text),\(base))"
        case .power(let value, let exponent): "POWER(\(value.text),\(exponent))"
        case .trend(let value): "TRENDLINE(\(value.text))"
        }
    }

    /// A measure in it.
    struct Part {
        var name: String
        var event: String
        var looksBack = false
        var isCumulative = false
    }

    var measures: [Part] {
        switch self {
        case .number: []
        case .measure(let name, let event, _): [Part(name: name, event: event)]
        case .cumulative(let name, let event): [Part(name: name, event: event, isCumulative: true)]
        case .window(_, let name, let event, let buckets, _), .average(let name, let event, let buckets):
            [Part(name: name, event: event, looksBack: buckets > 1)]
        case .negative(let value), .function(_, let value), .logarithm(let value, _), .power(let value, _),
            .trend(let value):
            value.measures
        case .sign(let left, _, let right): left.measures + right.measures
        }
    }

    /// How many buckets before the range it looks at.
    var lead: Int {
        switch self {
        case .number, .measure, .cumulative: 0
        case .window(_, _, _, let buckets, _), .average(_, _, let buckets): buckets - 1
        case .negative(let value), .function(_, let value), .logarithm(let value, _), .power(let value, _),
            .trend(let value):
            value.lead
        case .sign(let left, _, let right): max(left.lead, right.lead)
        }
    }

    /// With every plain measure taken over the last buckets.
    func rolled(over buckets: Int) -> PlainFormula {
        switch self {
        case .measure(let name, let event, let fraction):
            .window("ROLLWIN", name, of: event, buckets: buckets, fraction: fraction)
        case .number, .cumulative, .window, .average: self
        case .negative(let value): .negative(value.rolled(over: buckets))
        case .sign(let left, let sign, let right):
            .sign(left.rolled(over: buckets), sign, right.rolled(over: buckets))
        case .function(let name, let value): .function(name, value.rolled(over: buckets))
        case .logarithm(let value, let base): .logarithm(value.rolled(over: buckets), base: base)
        case .power(let value, let exponent): .power(value.rolled(over: buckets), exponent: exponent)
        case .trend(let value): .trend(value.rolled(over: buckets))
        }
    }

    static let needingProperty: Set<String> = [
        "PROPSUM", "PROPAVG", "PROPMAX", "PROPMIN", "PROPCOUNT", "PROPCOUNTAVG", "PERCENTILE", "ARPAU",
    ]
}
