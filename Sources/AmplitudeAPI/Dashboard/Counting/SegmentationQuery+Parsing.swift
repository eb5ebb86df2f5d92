import EventModel
import Formulas
import HTTPEdge
import QueryModel

extension SegmentationQuery {
    /// Reads the parameters of `GET /api/2/events/segmentation`. Source: Documentation/counting.md C13 to C27.
    init(parsing query: SentParameters) throws(QueryParameterError) {
        let interval = try Interval(parsing: query)
        self.init(
            events: try Self.events(query),
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 2),
            metric: try Metric(parsing: query),
            population: try query.choice("n", standard: .any),
            range: try DateRange(parsing: query, interval),
            interval: interval,
            rolling: try Rolling(parsing: query, interval),
            limit: try query.limit()
        )
        try takeDistribution()
        try check()
    }

    /// HIST and PROPHIST have bins for their axis, so either is the whole answer, like that of m=histogram.
    private mutating func takeDistribution() throws(QueryParameterError) {
        guard case .formulas(let formulas) = metric else { return }
        for formula in formulas {
            guard case .distribution(let distribution) = formula.content else { continue }
            guard formulas.count == 1 else {
                throw .unsupported("formula", "HIST and PROPHIST answer alone; leave out the other formulas")
            }
            try check(formula)
            let event =
                switch distribution {
                case .frequency(let event), .property(let event): event
                }
            if case .property = distribution { metric = .histogram } else { metric = .frequencyHistogram }
            events = [events[event.index]]
            if let segment = event.segment { segments = [segments[segment]] }
        }
    }

    /// Reads `e` and `e2`; some clients repeat `e` instead.
    private static func events(_ query: SentParameters) throws(QueryParameterError) -> [EventSelector] {
        _ = try query.required("e", "an event, such as {\"event_type\":\"_active\"}")
        let texts = (query.all("e") + query.all("e2")).filter { !$0.isEmpty }
        guard texts.count <= 2 else { throw .malformed("e", "send two events at most: e and e2") }
        var events: [EventSelector] = []
        for (text, parameter) in zip(texts, ["e", "e2"]) {
            events.append(try EventSelector(parsing: text, parameter))
        }
        return events
    }

    /// What only the parameters together can tell.
    private func check() throws(QueryParameterError) {
        for (index, event) in events.enumerated() {
            let parameter = index == 0 ? "e" : "e2"
            if case .firstEver = event.type {
                throw .malformed(parameter, "\"_new\" in \(parameter) is only known to retention; use n=new")
            }
            if metric.hasOperand, event.groupBy.isEmpty {
                throw QueryParameterError(
                    .missing,
                    parameter,
                    "this m or formula needs a \"group_by\" in \(parameter): the property to compute with, such as"
                        + " \"group_by\":[{\"type\":\"event\",\"value\":\"price\"}]"
                )
            }
            if splitting(index).count + groupBys.count > 2 {
                throw .malformed("g", "an answer can be split by two properties at most, \"group_by\" in e included")
            }
        }
        try checkOneSegment()
        if case .formulas(let formulas) = metric {
            for formula in formulas { try check(formula) }
        }
    }

    private func check(_ formula: Formula) throws(QueryParameterError) {
        guard formula.leadBuckets < interval.mostRollingBuckets else {
            throw QueryParameterError(
                .outOfRange,
                "formula",
                "windows and averages in formula may span \(interval.mostRollingBuckets) buckets at most for this i, such as"
                    + " ROLLAVG(UNIQUES,A,7)"
            )
        }
        for event in formula.events {
            guard event.index < events.count else {
                throw .malformed(
                    "formula",
                    event.index == 1
                        ? "formula names \(event), which is e2, and e2 is missing: send it, such as"
                            + " e2={\"event_type\":\"_active\"}"
                        : "formula names \(event), but there are two events at most: e is A, and e2 is B"
                )
            }
            if let segment = event.segment, segment >= segments.count {
                throw .malformed("formula", "formula names \(event), but there are \(segments.count) segments")
            }
        }
        for measure in formula.measures where measure.quantity.needsProperty {
            if events[measure.event.index].groupBy.isEmpty {
                throw QueryParameterError(
                    .missing,
                    measure.event.index == 0 ? "e" : "e2",
                    "formula computes with a property of \(measure.event), so its event needs a \"group_by\", such as"
                        + " \"group_by\":[{\"type\":\"event\",\"value\":\"price\"}]"
                )
            }
        }
    }
}

extension SegmentationQuery.Metric {
    /// By its name in requests; formulas aside.
    private static let names: [(name: String, metric: Self)] = [
        ("uniques", .uniques), ("totals", .totals), ("pct_dau", .shareOfActive), ("average", .average),
        ("histogram", .histogram), ("sums", .sum), ("value_avg", .valueAverage),
    ]

    fileprivate init(parsing query: SentParameters) throws(QueryParameterError) {
        let formula = query.nonEmpty("formula")
        switch query.nonEmpty("m") {
        case nil where formula == nil: self = .uniques
        case nil, "formula":
            guard let formula else {
                throw QueryParameterError(.missing, "formula", "m=formula needs formula, such as UNIQUES(A)/UNIQUES(B)")
            }
            self = .formulas(try Self.formulas(formula))
        case let name?:
            guard let known = Self.names.first(where: { $0.name == name }) else {
                let names = Self.names.map(\.name).joined(separator: ", ")
                throw .malformed("m", "m must be one of \(names), formula")
            }
            self = known.metric
        }
    }

    private static func formulas(_ text: String) throws(QueryParameterError) -> [Formula] {
        do {
            return try Formula.list(parsing: text)
        } catch {
            throw .malformed("formula", error.message)
        }
    }
}

extension SegmentationQuery.Rolling {
    init(parsing query: SentParameters, _ interval: Interval) throws(QueryParameterError) {
        func buckets(_ name: String) throws(QueryParameterError) -> Int? {
            guard let text = query.nonEmpty(name) else { return nil }
            let most = interval.mostRollingBuckets
            guard let count = Int(text), (1...most).contains(count) else {
                throw QueryParameterError(
                    .outOfRange,
                    name,
                    "\(name) must be a number of buckets from 1 to \(most) for this i, such as \(name)=7"
                )
            }
            return count
        }
        let (window, average) = (try buckets("rollingWindow"), try buckets("rollingAverage"))
        switch (window, average) {
        case (nil, nil): self = .none
        case (let count?, nil): self = .window(count)
        case (nil, let count?): self = .average(count)
        case (_?, _?):
            throw .malformed("rollingAverage", "rollingWindow and rollingAverage exclude each other; send one of them")
        }
    }
}
