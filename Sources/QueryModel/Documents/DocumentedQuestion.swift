/// A type of question that a document can hold. Each has a file of its own; ``Question/types`` lists them.
protocol DocumentedQuestion: Sendable {
    /// The document's `type`.
    static var documentType: String { get }
    /// The document's members beside `version`, `type` and `range`.
    static var documentMembers: [String] { get }

    var range: ChartRange { get set }
    /// By what its time axis is divided; `nil` if it has none.
    var interval: Interval { get }
    var question: Question { get }

    init(_ object: DocumentObject, _ range: ChartRange) throws
    /// Writes all members but `version`, `type` and `range`.
    func write(to writer: inout DocumentWriter) throws
}

extension Question {
    /// In the order in which errors list them.
    static let types: [any DocumentedQuestion.Type] = [
        SegmentationQuery.self, FunnelQuery.self, RetentionQuery.self, LifetimeValueQuery.self, RevenueQuery.self,
        ActiveUsersQuery.self, SessionQuery.self, CompositionQuery.self, LifecycleQuery.self, StickinessQuery.self,
        DataTableQuery.self,
    ]

    /// Those that nothing answers yet.
    static let typesToCome = ["segments", "grouped", "sql"]

    var documented: any DocumentedQuestion {
        switch self {
        case .segmentation(let query): query
        case .funnel(let query): query
        case .retention(let query): query
        case .lifetimeValue(let query): query
        case .revenue(let query): query
        case .users(let query): query
        case .sessions(let query): query
        case .composition(let query): query
        case .lifecycle(let query): query
        case .stickiness(let query): query
        case .dataTable(let query): query
        }
    }

    /// The same about another range.
    func over(_ range: ChartRange) -> Question {
        var documented = documented
        documented.range = range
        return documented.question
    }
}
