import EventModel
public import QueryModel

extension FunnelAnswer {
    /// One row a step and group. Times are seconds; of a first step, and of one that nobody reached, there are none.
    func table(_ query: FunnelQuery) -> AnswerTable {
        let isSplit = series.contains { $0.group != nil }
        return AnswerTable(
            columns: ["segment"] + (isSplit ? ["group"] : []) + [
                "step", "event", "count", "overall_rate", "step_rate", "drop_off", "avg_seconds", "median_seconds",
            ],
            rows: series.flatMap { series in
                query.steps.enumerated().map { step, event in
                    let (count, before) = (series.reached[step], series.reached[max(0, step - 1)])
                    var row: [AnswerTable.Cell] = [.text(query.segments.label(of: series.segment))]
                    if isSplit { row.append(.optional(series.group)) }
                    row += [.integer(step + 1), .text(event.label), .integer(count)]
                    row += [.number(Self.share(count, of: series.reached[0])), .number(Self.share(count, of: before))]
                    row += [.integer(before - count)]
                    row += [seconds(series, step, \.mean), seconds(series, step, \.median)]
                    return row
                }
            }
        )
    }

    private func seconds(_ series: Series, _ step: Int, _ time: KeyPath<Times, Double>) -> AnswerTable.Cell {
        guard step > 0, series.times[step][keyPath: time] >= 0 else { return .nothing }
        return .number(series.times[step][keyPath: time] / 1000)
    }

    /// Nobody of nobody is 0. Source: Documentation/funnels.md F14.
    public static func share(_ part: Int, of whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}
