import HTTPEdge
import QueryExecution
import QueryModel

extension Endpoint {
    static let sessionLengths = chart(
        at: "/api/2/sessions/length",
        "How many sessions were how long.",
        parameters: .sessions + [
            Parameter(
                "timeHistogramConfigBinTimeUnit",
                .choice(["hours", "minutes", "seconds"]),
                "The unit of the bins. Unit, smallest and largest length must all be there to have bins of your own.",
                example: "minutes"
            ),
            Parameter("timeHistogramConfigBinMin", .number, "Where the first bin begins.", example: "0"),
            Parameter("timeHistogramConfigBinMax", .number, "Where the last bin ends.", example: "10"),
            Parameter("timeHistogramConfigBinSize", .number, "The width of a bin; ten bins if left out.", example: "1"),
        ],
        parse: { (sent) throws(QueryParameterError) in
            SessionQuery(
                .lengths(try SessionLengthBins(parsing: sent)),
                range: try DateRange(parsingSessions: sent)
            )
        },
        cost: { QueryCost(.sessions, days: $0.range.dayCount) },
        users: { $0.users },
        answer: { query, project, context in try await project.queries.sessions(query, context).json(query) }
    )
}

extension SessionLengthBins {
    private static let millisecondsOfUnit = ["hours": 3_600_000.0, "minutes": 60_000, "seconds": 1000]

    /// Custom bins only if unit, smallest and largest length are all there; else the usual ones.
    init(parsing query: SentParameters) throws(QueryParameterError) {
        let prefix = "timeHistogramConfigBin"
        guard let unit = query.nonEmpty(prefix + "TimeUnit"), let first = query.nonEmpty(prefix + "Min"),
            let last = query.nonEmpty(prefix + "Max"), let scale = Self.millisecondsOfUnit[unit],
            let from = Double(first), let to = Double(last), from >= 0, to > from, to * scale < 1e15
        else {
            self = .usual
            return
        }
        let (start, end) = (Int64(from * scale), Int64(to * scale))
        var width = max(1, (end - start + 9) / 10)
        if let text = query.nonEmpty(prefix + "Size") {
            guard let size = Double(text), size * scale >= 1, size * scale < 1e15 else {
                throw .malformed(prefix + "Size", "\(prefix)Size must be a number above 0, such as 1")
            }
            width = Int64(size * scale)
        }
        guard let bins = SessionLengthBins(from: start, to: end, width: width) else {
            throw QueryParameterError(
                .outOfRange,
                prefix + "Size",
                "\(prefix)Size makes more than 1000 bins; send a larger one"
            )
        }
        self = bins
    }
}
