public import EventModel
public import QueryModel

/// Answers a project's questions: a typed question in, a typed answer out. API families know nothing else of what is behind
/// it, so another store, or another machine, can be.
public protocol Answering: Sendable {
    /// Where its questions are to be worked out.
    var threads: QueryThreads { get }

    /// Source: Documentation/counting.md C13 to C23.
    func segmentation(
        _ query: SegmentationQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> SegmentationAnswer

    /// Source: Documentation/funnels.md F9 to F18.
    func funnel(_ query: FunnelQuery, _ context: QueryContext) async throws(QueryError) -> FunnelAnswer

    /// Source: Documentation/retention.md R7 to R11.
    func retention(_ query: RetentionQuery, _ context: QueryContext) async throws(QueryError) -> RetentionAnswer

    /// Source: Documentation/revenue.md M6 to M11.
    func lifetimeValue(
        _ query: LifetimeValueQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> LifetimeValueAnswer

    /// Source: Documentation/counting.md C28.
    ///
    /// - Returns: the largest groups first, by the sum of their buckets.
    func activeUsers(_ query: ActiveUsersQuery, _ context: QueryContext) async throws(QueryError) -> SegmentationAnswer

    /// Source: Documentation/revenue.md M5.
    func revenue(_ query: RevenueQuery, _ context: QueryContext) async throws(QueryError) -> SegmentationAnswer

    /// Source: Documentation/counting.md C29.
    func composition(_ query: CompositionQuery, _ context: QueryContext) async throws(QueryError) -> CompositionAnswer

    /// Source: Documentation/sessions.md S1 to S7.
    func sessions(_ query: SessionQuery, _ context: QueryContext) async throws(QueryError) -> SessionAnswer

    /// Source: Documentation/asking.md Q12.
    func lifecycle(_ query: LifecycleQuery, _ context: QueryContext) async throws(QueryError) -> LifecycleAnswer

    /// Source: Documentation/asking.md Q13.
    func stickiness(_ query: StickinessQuery, _ context: QueryContext) async throws(QueryError) -> StickinessAnswer

    /// Source: Documentation/time.md T10.
    func realtime(_ context: QueryContext) async throws(QueryError) -> RealtimeAnswer

    /// Source: Documentation/metrics.md V3 to V14.
    func metric(_ query: MetricQuery, _ context: QueryContext) async throws(QueryError) -> MetricAnswer

    /// The people for whom a rule holds now. Source: Documentation/cohorts.md G6 to G9.
    ///
    /// - Parameter people: only these need be judged; others may be among the answer, or not. `nil` for all.
    /// - Returns: one key of each or, where only some were to be judged, all of their keys.
    func people(
        by rule: PeopleRule,
        among people: UserKeySet?,
        _ context: QueryContext
    ) async throws(QueryError) -> UserKeySet

    /// When the first event of anybody happened, those of deleted people aside; `nil` if there is none.
    func earliest(_ context: QueryContext) async throws(QueryError) -> Timestamp?

    // MARK: The people of whom a cell of an answer is made

    /// Of averages and of shares of the active people, those above the fraction line. Where values are averaged over
    /// buckets, a person's value is averaged likewise.
    ///
    /// - Throws: `notMadeOfUsers` for averages of values and for formulas.
    func users(
        of cell: SeriesCell,
        in query: SegmentationQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers

    func users(
        of cell: FunnelCell,
        in query: FunnelQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers

    /// Those who came back or, of a whole cohort, who are in it.
    func users(
        of cell: RetentionCell,
        in query: RetentionQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers

    /// Of amounts and of quotients of them, those who paid something, or got it back, by then.
    func users(
        of cell: LifetimeValueCell,
        in query: LifetimeValueQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers

    /// The answer has no values over the whole range.
    func users(
        of cell: SeriesCell,
        in query: ActiveUsersQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers

    /// Of quotients, those who paid. The answer has no values over the whole range.
    func users(
        of cell: SeriesCell,
        in query: RevenueQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers

    /// There is one series, whose indexes are the values.
    func users(
        of cell: SeriesCell,
        in query: CompositionQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers

    /// The series are the states. There are no values over the whole range.
    func users(
        of cell: SeriesCell,
        in query: LifecycleQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers

    /// Series n is of n + 1 days; by the calendar there is one. There are no values over the whole range.
    ///
    /// - Throws: `notMadeOfUsers` for means of several days.
    func users(
        of cell: SeriesCell,
        in query: StickinessQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers

    /// Each with the number of sessions. There is one series, without values over the whole range.
    ///
    /// - Throws: `notMadeOfUsers` for average lengths.
    func users(
        of cell: SeriesCell,
        in query: SessionQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers
}

extension QueryEngine: Answering {}
