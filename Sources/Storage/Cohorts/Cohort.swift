public import EventModel

/// People under a name. Source: Documentation/cohorts.md G1.
public struct Cohort: Equatable, Sendable {
    /// Eight lower-case letters and digits.
    public var id: ExactText
    public var name: String
    public var description: String?
    /// Whoever answers for it, in the callers' words; mostly an e-mail address.
    public var owner: String?
    /// The rule that says who is in it, as JSON, checked when it was saved; `nil` for a list of people.
    public var definition: ExactText?
    /// Whether lists have it.
    public var isPublished: Bool
    public var isArchived: Bool
    public var createdAt: Timestamp
    public var changedAt: Timestamp
    /// How many people there were in it, and when they were counted.
    public var size: Int
    public var countedAt: Timestamp

    public init(
        id: ExactText,
        name: String,
        description: String? = nil,
        owner: String? = nil,
        definition: ExactText? = nil,
        isPublished: Bool,
        isArchived: Bool = false,
        createdAt: Timestamp,
        changedAt: Timestamp,
        size: Int = 0,
        countedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.owner = owner
        self.definition = definition
        self.isPublished = isPublished
        self.isArchived = isArchived
        self.createdAt = createdAt
        self.changedAt = changedAt
        self.size = size
        self.countedAt = countedAt
    }

    /// So many a project may have.
    public static let most = 10_000
}

/// The people of a cohort as they were when somebody asked for them: a table, kept for some days.
/// Source: Documentation/cohorts.md G5.
public struct CohortDownload: Equatable, Sendable {
    /// Eight lower-case letters and digits.
    public var id: ExactText
    public var cohort: ExactText
    public var requestedAt: Timestamp
    /// How many parts it has; `nil` while it is being written.
    public var parts: Int?

    public init(id: ExactText, cohort: ExactText, requestedAt: Timestamp, parts: Int? = nil) {
        self.id = id
        self.cohort = cohort
        self.requestedAt = requestedAt
        self.parts = parts
    }
}
