import ColumnEngine
import EventModel
import FoldEngine
import Formulas
import QueryModel

/// What a segmentation computes: outputs, and the streams of events that are counted for them.
struct SegmentationPlan {
    /// One value for each bucket and group.
    struct Output {
        var event: Int?
        var segment: Int
        var formula: Int?
        var expression: FormulaExpression
        /// Over how many buckets its values are averaged (`rollingAverage`); 1 if they are not.
        var average = 1

        /// Buckets before the first one shown that it looks at.
        var leadCount: Int { expression.leadBuckets + average - 1 }
    }

    /// Events that are counted together.
    struct StreamKey: Hashable {
        /// `nil`: the active people.
        var event: Int?
        var segment: Int
        var operand: FormulaMeasure.Operand
        /// Whether events before the range count, for windows and averages. A partial first bucket has some of them, too.
        var readsBefore: Bool
    }

    let query: SegmentationQuery
    private(set) var outputs: [Output]
    /// Buckets before the first one shown.
    let leadCount: Int

    init(_ query: SegmentationQuery) {
        self.query = query
        outputs = query.segments.indices.reduce(into: []) { outputs, segment in
            if case .formulas(let formulas) = query.metric {
                for (index, formula) in formulas.enumerated() {
                    guard case .value(let expression) = formula.content else { continue }
                    outputs.append(query.rolled(Output(segment: segment, formula: index, expression: expression)))
                }
            } else {
                for event in query.events.indices {
                    let expression = query.expression(ofEvent: event)
                    outputs.append(query.rolled(Output(event: event, segment: segment, expression: expression)))
                }
            }
        }.sorted { ($0.event ?? $0.formula ?? 0, $0.segment) < ($1.event ?? $1.formula ?? 0, $1.segment) }
        leadCount = outputs.map(\.leadCount).max() ?? 0
    }

    /// The outputs of which an answer's series is one.
    func only(_ series: SegmentationAnswer.Series) -> SegmentationPlan {
        var plan = self
        plan.outputs = outputs.filter {
            ($0.event, $0.segment, $0.formula) == (series.event, series.segment, series.formula)
        }
        return plan
    }

    /// The segment that a measure is of, in an output of one.
    func segment(_ measure: FormulaMeasure, _ output: Output) -> Int { measure.event.segment ?? output.segment }

    func stream(_ measure: FormulaMeasure, _ output: Output) -> StreamKey {
        StreamKey(
            event: measure.event.index,
            segment: segment(measure, output),
            operand: measure.operand,
            readsBefore: measure.window.readsBefore
        )
    }

    func activeStream(_ measure: FormulaMeasure, _ output: Output) -> StreamKey {
        StreamKey(
            event: nil,
            segment: segment(measure, output),
            operand: .none,
            readsBefore: measure.window.readsBefore
        )
    }

    /// The streams, each with the measures that are taken of it.
    var measures: [StreamKey: Set<FormulaMeasure>] {
        var measures: [StreamKey: Set<FormulaMeasure>] = [:]
        for output in outputs {
            for measure in output.expression.measures {
                measures[stream(measure, output), default: []].insert(measure)
                if measure.needsActive {
                    let uniques = FormulaMeasure(.uniques, measure.event, measure.window)
                    measures[activeStream(measure, output), default: []].insert(uniques)
                }
            }
        }
        return measures
    }

    var needs: QuestionNeeds {
        let measures = measures
        return QuestionNeeds(
            events: query.events,
            segments: query.segments,
            properties: query.groupBys + (measures.keys.contains { $0.operand == .revenue } ? [.revenue] : []),
            looksAtOthers: query.population != .any || measures.keys.contains { $0.event == nil }
        )
    }

    /// The properties by which a stream is split.
    func groupBy(_ key: StreamKey) -> [PropertyReference] {
        guard let event = key.event else { return query.groupBys }
        return query.splitting(event) + query.groupBys
    }

    func operand(_ key: StreamKey) -> PropertyReference? {
        switch key.operand {
        case .none: nil
        case .revenue: .revenue
        case .property: key.event.flatMap { query.events[$0].groupBy.first }
        }
    }
}

extension SegmentationQuery {
    /// A plain metric as a formula.
    fileprivate func expression(ofEvent index: Int) -> FormulaExpression {
        guard let event = FormulaEvent(index: index) else { preconditionFailure("a query has few events") }
        let quantity: FormulaQuantity =
            switch metric {
            case .uniques: .uniques
            case .totals, .formulas: .totals
            // Its values, of which the bins are made.
            case .histogram: .propertyValues
            // How many people did it how often, of which any percentile is made.
            case .frequencyHistogram: .frequencyPercentile(.median)
            case .shareOfActive: .activeShare
            case .average: .average
            case .sum: .propertySum
            case .valueAverage: .propertyAverage
            }
        return .measure(FormulaMeasure(quantity, event))
    }

    /// With `rollingWindow` or `rollingAverage` applied; what rolls by itself stays as it is.
    fileprivate func rolled(_ output: SegmentationPlan.Output) -> SegmentationPlan.Output {
        var output = output
        var window = FormulaWindow.shownBucket
        switch rolling {
        case .none: break
        case .window(let count): window = RollingLength(buckets: count).map { .trailing($0) } ?? window
        case .average(let count): output.average = count
        }
        output.expression = output.expression.mapMeasures { measure in
            var measure = measure
            if output.average > 1, measure.window != .cumulative, measure.leadBuckets == 0 {
                measure.window = .bucket
            } else if measure.window == .bucket {
                measure.window = window
            }
            return .measure(measure)
        }
        return output
    }
}
