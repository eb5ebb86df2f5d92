import EventModel
import Formulas
public import QueryModel

extension SegmentationAnswer {
    func table(_ query: SegmentationQuery, at now: Timestamp) -> AnswerTable {
        let groups = GroupColumns(series.map(\.group), isHistogram: query.metric.isHistogram)
        let isIncomplete = axis.isIncomplete(at: now)
        return AnswerTable(
            columns: ["date", "event", "segment"] + groups.names + ["value", "incomplete"],
            rows: axis.labels.enumerated().flatMap { bucket, label in
                series.map { series in
                    [.text(label), .text(query.label(of: series)), .text(query.segments.label(of: series.segment))]
                        + groups.cells(series.group)
                        + [.number(series.values[bucket]), .flag(isIncomplete[bucket])]
                }
            }
        )
    }

    func wholeTable(_ query: SegmentationQuery) -> AnswerTable {
        let groups = GroupColumns(series.map(\.group), isHistogram: query.metric.isHistogram)
        return AnswerTable(
            columns: ["event", "segment"] + groups.names + ["value"],
            rows: series.map { series in
                [.text(query.label(of: series)), .text(query.segments.label(of: series.segment))]
                    + groups.cells(series.group) + [.number(series.collapsed)]
            }
        )
    }

    /// Of what names no event.
    func table(_ segments: [Segment], at now: Timestamp) -> AnswerTable {
        let groups = GroupColumns(series.map(\.group))
        let isIncomplete = axis.isIncomplete(at: now)
        return AnswerTable(
            columns: ["date", "segment"] + groups.names + ["value", "incomplete"],
            rows: axis.labels.enumerated().flatMap { bucket, label in
                series.map { series in
                    [.text(label), .text(segments.label(of: series.segment))] + groups.cells(series.group)
                        + [.number(series.values[bucket]), .flag(isIncomplete[bucket])]
                }
            }
        )
    }

    func wholeTable(_ segments: [Segment]) -> AnswerTable {
        let groups = GroupColumns(series.map(\.group))
        return AnswerTable(
            columns: ["segment"] + groups.names + ["value"],
            rows: series.map { series in
                [.text(segments.label(of: series.segment))] + groups.cells(series.group) + [.number(series.collapsed)]
            }
        )
    }
}

extension SegmentationQuery {
    /// What a series is about: its event, or its formula.
    public func label(of series: SegmentationAnswer.Series) -> String {
        if let index = series.formula, case .formulas(let formulas) = metric { return formulas[index].text }
        return series.event.map { events[$0].label } ?? ""
    }
}

extension SessionAnswer {
    func table(_ query: SessionQuery, at now: Timestamp) -> AnswerTable {
        switch self {
        case .counts(let counts):
            let edges = (query.measure.bins ?? .usual).edges.map { Double($0) / 1000 }
            return AnswerTable(
                columns: ["from_seconds", "to_seconds", "value"],
                rows: counts.enumerated().map { bin, count in
                    [.number(edges[bin]), .number(edges[bin + 1]), .integer(count)]
                }
            )
        case .days(let axis, let values, _):
            return AnswerTable(
                columns: ["date", "value", "incomplete"],
                rows: zip(zip(axis.labels, values), axis.isIncomplete(at: now)).map { day, isIncomplete in
                    [.text(day.0), .number(day.1), .flag(isIncomplete)]
                }
            )
        }
    }

    var wholeTable: AnswerTable? {
        guard case .days(_, _, let whole) = self else { return nil }
        return AnswerTable(columns: ["value"], rows: [[.number(whole)]])
    }
}

extension CompositionAnswer {
    var table: AnswerTable {
        let groups = GroupColumns(values.map(\.group))
        return AnswerTable(
            columns: groups.names + ["value"],
            rows: values.map { groups.cells($0.group) + [.integer($0.people)] }
        )
    }
}

extension CellUsers {
    /// One row a person.
    ///
    /// - Parameter names: of each: the Amplitude ID, and the user id.
    public func table(_ names: [(amplitudeID: Int64, userID: String?)]) -> AnswerTable {
        AnswerTable(
            columns: ["amplitude_id", "user_id", "value"],
            rows: zip(users, names).map { user, name in
                [.integer(Int(name.amplitudeID)), .optional(name.userID), .number(user.value)]
            }
        )
    }
}
