import HTTPEdge
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
            let bins = SessionLengthBins(parsing: sent)
            return AskedChart(.sessions(SessionQuery(.lengths(bins), range: try DateRange(parsingSessions: sent))))
        }
    )
}

extension SessionLengthBins {
    private static let millisecondsOfUnit = ["hours": 3_600_000.0, "minutes": 60_000, "seconds": 1000]

    /// Bins of the caller's own if the parameters for them are all there and make sense together; else the usual ones.
    /// Source: Documentation/sessions.md.
    init(parsing query: SentParameters) {
        let prefix = "timeHistogramConfigBin"
        let unit = query.nonEmpty(prefix + "TimeUnit").flatMap { Self.millisecondsOfUnit[$0] }
        func milliseconds(_ name: String) -> Int64? {
            guard let unit, let number = query.nonEmpty(prefix + name).flatMap({ Double($0) }), number >= 0,
                number * unit < 1e15
            else { return nil }
            return Int64(number * unit)
        }
        let (first, last) = (milliseconds("Min"), milliseconds("Max"))
        let width = query.nonEmpty(prefix + "Size") == nil ? nil : milliseconds("Size") ?? 0
        guard let first, let last, last > first,
            let bins = SessionLengthBins(from: first, to: last, width: width ?? max(1, (last - first + 9) / 10))
        else {
            self = .usual
            return
        }
        self = bins
    }
}
