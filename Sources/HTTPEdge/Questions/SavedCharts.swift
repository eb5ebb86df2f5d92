public import EventModel
public import Storage

extension Parameter {
    public static let chartID = Parameter(
        "id",
        .text,
        in: .path,
        "The chart's id, as the list of them gives it.",
        example: "abcd1234"
    )
}

extension Failure {
    public static func unknownChart(_ id: ExactText) -> Failure {
        Failure(
            .notFound,
            "chart_unknown",
            "There is no chart \(id.string); GET /api/v1/charts lists those that there are."
        )
    }
}

extension HostedProject {
    /// A chart that can be asked.
    public func chart(_ id: ExactText) async throws -> SavedChart {
        try await withRecord { record in
            guard let chart = try record.chart(id), !chart.isArchived else { throw Failure.unknownChart(id) }
            return chart
        }
    }
}
