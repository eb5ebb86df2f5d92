/// Something that the engine counts or adds up, so that a formula can compute with it: one number for each bucket.
public struct FormulaMeasure: Hashable, Sendable {
    public var quantity: FormulaQuantity
    public var event: FormulaEvent
    public var window: FormulaWindow

    public init(_ quantity: FormulaQuantity, _ event: FormulaEvent, _ window: FormulaWindow = .bucket) {
        self.quantity = quantity
        self.event = event
        self.window = window
    }
}

/// What is measured of an event's occurrences within a window of time. Source: Documentation/counting.md C24.
///
/// "The property" is the first that the event is grouped by.
public enum FormulaQuantity: Hashable, Sendable {
    /// UNIQUES: people.
    case uniques
    /// TOTALS: events.
    case totals
    /// AVG: events for each person.
    case average
    /// ACTIVE: people for each active person, a fraction.
    case activeShare
    /// FREQPERCENTILE: of the number of events of each person who has any.
    case frequencyPercentile(Quantile)
    /// PROPSUM
    case propertySum
    /// PROPAVG: for each event that has a number there.
    case propertyAverage
    /// PROPMAX
    case propertyMaximum
    /// PROPMIN
    case propertyMinimum
    /// PROPCOUNT: distinct values.
    case propertyValues
    /// PROPCOUNTAVG: distinct values for each person.
    case propertyValuesPerPerson
    /// PERCENTILE: of the property's numbers.
    case propertyPercentile(Quantile)
    /// REVENUETOTAL
    case revenueTotal
    /// ARPAU: the property's sum for each active person.
    case sumPerActivePerson

    /// Whether the event must be grouped by a property for this to mean something.
    public var needsProperty: Bool {
        switch self {
        case .uniques, .totals, .average, .activeShare, .frequencyPercentile, .revenueTotal: false
        case .propertySum, .propertyAverage, .propertyMaximum, .propertyMinimum, .propertyValues,
            .propertyValuesPerPerson, .propertyPercentile, .sumPerActivePerson:
            true
        }
    }
}

/// The time that a bucket's measure looks at. Each person counts once in it, however many buckets it spans.
public enum FormulaWindow: Hashable, Sendable {
    /// The bucket itself.
    case bucket
    /// CUMSUM: from the range's start to the bucket's end.
    case cumulative
    /// ROLLWIN: the last buckets, this one included; of events that pass the segment's cohorts.
    case trailing(RollingLength)
    /// ROLLWINBEFORE: the last buckets, this one included; the segment's cohorts then choose among the people.
    case trailingBeforeCohorts(RollingLength)
}

/// How many buckets a rolling window or average spans, the current one included.
public struct RollingLength: Hashable, Sendable {
    /// The longest that any interval allows: 90 days. Shorter for others, which is for the query to say.
    public static let allowed = 1...90

    public let buckets: Int

    /// `nil` unless it is allowed.
    public init?(buckets: Int) {
        guard Self.allowed.contains(buckets) else { return nil }
        self.buckets = buckets
    }
}
