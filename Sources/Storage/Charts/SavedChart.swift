public import EventModel

/// A question under a name. Source: Documentation/asking.md Q7.
public struct SavedChart: Equatable, Sendable {
    /// Eight lower-case letters and digits.
    public var id: ExactText
    public var name: String
    public var description: String?
    /// The account that made it; `nil` if it was made with a project's keys.
    public var owner: String?
    /// The question, as the JSON of its document.
    public var question: String
    /// The request that it was saved as, `{"path":…,"params":{…}}`; `nil` if it was saved as a document.
    public var request: String?
    public var createdAt: Timestamp
    public var changedAt: Timestamp
    public var isArchived: Bool

    public init(
        id: ExactText,
        name: String,
        description: String? = nil,
        owner: String? = nil,
        question: String,
        request: String? = nil,
        createdAt: Timestamp,
        changedAt: Timestamp,
        isArchived: Bool = false
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.owner = owner
        self.question = question
        self.request = request
        self.createdAt = createdAt
        self.changedAt = changedAt
        self.isArchived = isArchived
    }

    /// So many a project may have.
    public static let most = 10_000
}
