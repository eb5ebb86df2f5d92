/// A custom formula of an event segmentation. Source: Documentation/counting.md C24.
public struct Formula: Hashable, Sendable {
    /// How its values are shown; they are the same numbers either way. Raw value: the prefix.
    public enum Format: String, CaseIterable, Sendable {
        case percent = "%:"
        case currency = "$:"
    }

    /// How many people or events there are for each value of something: HIST and PROPHIST. Its axis is values, not time,
    /// so nothing can be computed with it.
    public enum Distribution: Hashable, Sendable {
        /// People by their number of events.
        case frequency(FormulaEvent)
        /// Events by the value of the property that they are grouped by.
        case property(FormulaEvent)
    }

    public enum Content: Hashable, Sendable {
        case value(FormulaExpression)
        case distribution(Distribution)
    }

    /// As it was written, without the space around it.
    public var text: String
    public var format: Format?
    public var content: Content

    public init(text: String, format: Format? = nil, content: Content) {
        self.text = text
        self.format = format
        self.content = content
    }

    /// The most formulas in one text.
    public static let most = 10

    /// The events that it names, each once, in order of appearance.
    public var events: [FormulaEvent] {
        switch content {
        case .value(let expression):
            var seen: Set<FormulaEvent> = []
            return expression.measures.map(\.event).filter { seen.insert($0).inserted }
        case .distribution(.frequency(let event)), .distribution(.property(let event)): return [event]
        }
    }

    /// What the engine must measure for each bucket, each once; nothing for a distribution.
    public var measures: [FormulaMeasure] {
        switch content {
        case .value(let expression): expression.measures
        case .distribution: []
        }
    }

    /// How many buckets before the range the events are needed of.
    public var leadBuckets: Int {
        switch content {
        case .value(let expression): expression.leadBuckets
        case .distribution: 0
        }
    }
}
